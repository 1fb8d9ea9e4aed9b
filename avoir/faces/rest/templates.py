"""The templates of papers: one for each kind of document, built in, numbered as contract B numbers them."""

from typing import Any

from avoir.faces.rest.endpoint import Call, Handler

SALE_INVOICE, CREDIT_NOTE, PAYMENT_RECEIVED = 1, 4, 5
"""2 and 3 are those of estimates and receipts, which are none of ours (rest.md, 2.1)."""


def state(template: int) -> Handler:
    """The way that says what a form for a new document begins with."""

    async def handle(call: Call) -> dict[str, Any]:
        """What a form for a new document begins with: the template of its paper."""
        return {"default_template_id": template}

    return handle
