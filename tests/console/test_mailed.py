"""Where our mails lead to: an invitation, a new password, a proven e-mail. Nothing happens by looking."""

import pytest

from avoir.faces.console.mailed import ACCEPT, CHOOSE, PROVE
from avoir.faces.throttle import FAILURES
from tests.console.company import ADA, PASSWORD, STRANGER, small_company
from tests.console.visitor import Forms, Visitor, visiting

NEW, CHOSEN = "new@northlight.example", " a password with spaces "
BOTH = {"password": CHOSEN, "again": CHOSEN}
NOBODYS = "0" * 64
LINKS = [path.format(token=NOBODYS) for path in (ACCEPT, CHOOSE, f"{PROVE}?email={ADA}&token={{token}}")]


@pytest.fixture
def nobody(url):
    company = small_company(url)
    with visiting(url, company.organization, signup=True, signup_confirmation=True) as visitor:
        yield visitor


def fields(visitor: Visitor, path: str) -> dict:
    answer = visitor.get(path)
    assert answer.status_code == 200, answer.text
    return Forms(answer.text).forms[0]["fields"]


def invited(visitor: Visitor, email: str) -> str:
    """The link in the mail to somebody whom Ada invites."""
    ada = visitor.another()
    ada.sign_in()
    assert ada.send("/settings/people", having="email", do="invite", email=email, role="2").status_code == 303
    return visitor.link()


def reset(visitor: Visitor) -> str:
    """The link in the mail to Ada, who forgot her password."""
    sent = visitor.post("/console/forgotten", fields(visitor, "/console/forgotten") | {"email": ADA})
    assert "Look into your mail" in visitor.get(sent.headers["location"]).text
    return visitor.link()


def test_who_is_invited_chooses_a_password_and_comes_in(nobody):
    link = invited(nobody, NEW)
    assert "Come in to Northlight" in nobody.get(link).text
    form = fields(nobody, link)
    different = nobody.post(link, form | BOTH | {"first_name": "Nia", "again": "else"})
    assert different.status_code == 400
    assert "The two passwords are not the same" in different.text
    assert 'value="Nia"' in different.text
    assert "Write your name" in nobody.post(link, form | BOTH).text
    came = nobody.post(link, form | BOTH | {"first_name": "Nia", "last_name": "Sorel"})
    assert came.status_code == 303, came.text
    assert "You are in" in nobody.get(came.headers["location"]).text
    assert nobody.get("/invoices").status_code == 303  # The token alone signs nobody in.
    nobody.sign_in(NEW, CHOSEN)
    assert "Nia" in nobody.get("/invoices").text
    assert "not good any more" in nobody.get(link).text


def test_who_signs_in_already_keeps_the_password_that_they_have(nobody):
    link = invited(nobody, STRANGER)
    form = fields(nobody, link)
    assert "password" not in form
    assert nobody.post(link, form | BOTH | {"first_name": "Mallory"}).status_code == 303
    assert nobody.sign_in(STRANGER, CHOSEN).status_code == 401
    nobody.sign_in(STRANGER, PASSWORD)
    text = nobody.get("/invoices").text
    assert "Eve" in text
    assert "Mallory" not in text


def test_a_new_password_ends_every_earlier_sign_in(nobody):
    ada = nobody.another()
    ada.sign_in()
    link = reset(nobody)
    assert ada.get("/invoices").status_code == 200  # Nothing happens until it is chosen.
    changed = nobody.post(link, fields(nobody, link) | BOTH)
    assert "Sign in with it" in nobody.get(changed.headers["location"]).text
    assert ada.get("/invoices").status_code == 303
    assert nobody.sign_in(ADA, PASSWORD).status_code == 401
    assert nobody.sign_in(ADA, CHOSEN).status_code == 303
    assert "not good any more" in nobody.post(link, fields(nobody, "/console/forgotten") | BOTH).text


def test_nobody_is_told_whether_somebody_signs_in_with_an_e_mail(nobody):
    form = fields(nobody, "/console/forgotten")
    answers = [nobody.post("/console/forgotten", form | {"email": x}) for x in (ADA, "who@nowhere.example")]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert nobody.post("/console/forgotten", form | {"email": "nothing"}).status_code == 400


def test_an_e_mail_is_proven_by_a_button_and_not_by_the_link(nobody):
    said = {"firstName": "Una", "lastName": "", "email": "una@una.example", "password": CHOSEN}
    signed = nobody.runner.run(nobody.client.post("/api/auth/signup", json=said | {"lastName": "Una"}))
    assert signed.status_code == 201, signed.text
    link = nobody.link()
    form = fields(nobody, link)
    assert "una@una.example is yours" in nobody.get(link).text
    proven = nobody.post(link, form)
    assert "The e-mail is confirmed" in nobody.get(proven.headers["location"]).text
    assert "not good any more" in nobody.get(link).text


@pytest.mark.parametrize("link", LINKS)
def test_wrong_tokens_are_told_nothing_and_have_to_wait(nobody, link):
    for _ in range(FAILURES):
        assert nobody.get(link).status_code == 400
    late = nobody.get(link)
    assert (late.status_code, late.headers["retry-after"]) == (429, "300")


def test_a_form_from_elsewhere_accepts_nothing(nobody):
    for link in (invited(nobody, NEW), reset(nobody)):
        form = fields(nobody, link) | BOTH | {"first_name": "Nia"}
        assert nobody.another().post(link, form).status_code == 403
        assert nobody.post(link, form | {"token": "x"}).status_code == 403
        assert nobody.get(link).status_code == 200
