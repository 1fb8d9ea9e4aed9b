"""Links that show one invoice to whoever has them.

A link carries the organization, the invoice, and what only this installation can make of both: nothing is
kept of it, and the same invoice has the same link.
"""

from avoir.faces.access import Access
from avoir.faces.caller import Caller

MAC_LETTERS = 40


def token_of(access: Access, public_id: str, invoice_id: int) -> str:
    """What a link to an invoice carries."""
    mac = access.digest(f"invoice link {public_id} {invoice_id}")[:MAC_LETTERS]
    return f"{public_id}.{invoice_id}.{mac}"


def invoice_link(caller: Caller, invoice_id: int) -> str:
    """The link to an invoice of the caller's organization."""
    access, public_id = caller.access, caller.setup.organization.public_id
    return f"{access.links}/payment/{token_of(access, public_id, invoice_id)}"
