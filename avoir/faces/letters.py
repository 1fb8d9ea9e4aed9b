"""What our own mails say. The token comes last, so that nothing people wrote can stand in its place."""

from urllib.parse import quote

from avoir.core.mail import TOKEN


def invitation(links: str, organization: str) -> tuple[str, str]:
    """Subject and text of an invitation."""
    return (
        f"You are invited to {organization}",
        f"You are invited to work with {organization} in Avoir.\n\n"
        f"Accept the invitation here, within seven days:\n{links}/auth/invite/{TOKEN}/accept\n",
    )


def verification(links: str, email: str) -> tuple[str, str]:
    """Subject and text of the mail that proves an e-mail."""
    return (
        "Confirm your e-mail",
        "Somebody, you we hope, signed up to Avoir with this e-mail. If it was you, confirm it here, within "
        f"a day:\n{links}/auth/register/verify?email={quote(email)}&token={TOKEN}\n",
    )


def reset(links: str) -> tuple[str, str]:
    """Subject and text of the mail for a new password."""
    return (
        "Choose a new password",
        "Somebody, you we hope, wants a new password for this e-mail. Choose it here, within an hour; if it "
        f"was not you, do nothing:\n{links}/auth/reset_password/{TOKEN}\n",
    )
