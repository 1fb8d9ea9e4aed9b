"""Documents in the form that the client's Accept wants: in JSON, in HTML or as PDF."""

from typing import Any

from avoir.faces.paper import Paper, html, pdf
from avoir.faces.rest.accept import HTML, PDF
from avoir.faces.rest.endpoint import Call, Raw

FORMS = (PDF, HTML)
"""What a document is offered in beside JSON."""


async def in_form(call: Call, paper: Paper, row: dict[str, Any]) -> Any:
    """A document in the form that the client wants: the row itself, HTML inside JSON, or a PDF."""
    if call.wants == PDF:
        return await as_pdf(paper)
    return as_html(paper) if call.wants == HTML else row


async def as_pdf(paper: Paper) -> Raw:
    """A document as a file."""
    return Raw(await pdf(paper), PDF, f"{paper.file_name}.pdf")


def as_html(paper: Paper) -> dict[str, Any]:
    """A document as HTML inside JSON."""
    return {"html_content": html(paper)}
