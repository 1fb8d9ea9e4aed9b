"""Invoice templates: made, changed, taken away."""

from collections.abc import Iterator
from typing import Any

from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.errors import Refusal
from avoir.core.invoice_template import DEFAULT_OF_ENTITY, InvoiceTemplate, page_of
from avoir.core.organization import DEFAULT_ENTITY, Entity
from avoir.core.row import Row, changed
from avoir.core.text import LONG, SHORT, fits, named
from avoir.core.usage import use

WHAT = "an invoice template"
WORDS = {"bank_details": LONG, "footer": LONG, "page_size": SHORT, "tax_number_label": SHORT}
"""What is said in a template, and how long it may be."""
FLAGS = (
    "enabled", "is_default", "hide_zero_amounts", "include_payment_link", "po_number_required",
    "tax_number_required",
)  # fmt: skip

Needs = Iterator[tuple[type[Row], Any]]


class InvoiceTemplateIsUsed(Refusal):
    """Customers were given the template, which stays, but may be disabled."""

    code = "invoice_template_is_used"


class CreateInvoiceTemplate(Command, frozen=True, kw_only=True):
    """A new template of an entity; as the one for all its customers, if wanted."""

    ANSWER = InvoiceTemplate
    name: str
    entity_id: int = DEFAULT_ENTITY
    bank_details: str = ""
    footer: str = ""
    page_size: str = ""  # A4, if not given.
    tax_number_label: str = ""
    enabled: bool = True
    is_default: bool = False
    hide_zero_amounts: bool = False
    include_payment_link: bool = False
    po_number_required: bool = False
    tax_number_required: bool = False

    def needs(self) -> Needs:
        yield Entity, self.entity_id

    def decide(self, desk: Desk) -> InvoiceTemplate:
        """Refuses `NameRequired`, `TextTooLong`, `NotFound` for the entity, `UnknownSetting` for the page."""
        template = InvoiceTemplate(
            organization_id=desk.organization_id,
            id=desk.next("invoice_template"),
            entity_id=use(desk, desk.get(Entity, self.entity_id)).id,
            name=named(self.name, WHAT),
            created_at=desk.now,
            updated_at=desk.now,
            **_said(self),
        )
        page_of(template.page_size)
        if template.is_default:
            _only_default(desk, template)
        desk.tell("invoice_template.created", template)
        return desk.add(template)


class UpdateInvoiceTemplate(Command, frozen=True, kw_only=True):
    """Change what is said in a template. What is not given stays as it is."""

    ANSWER = InvoiceTemplate
    invoice_template_id: int
    name: str | None = None
    entity_id: int | None = None
    bank_details: str | None = None
    footer: str | None = None
    page_size: str | None = None
    tax_number_label: str | None = None
    enabled: bool | None = None
    is_default: bool | None = None
    hide_zero_amounts: bool | None = None
    include_payment_link: bool | None = None
    po_number_required: bool | None = None
    tax_number_required: bool | None = None

    def needs(self) -> Needs:
        yield InvoiceTemplate, self.invoice_template_id

    def decide(self, desk: Desk) -> InvoiceTemplate:
        """Refuses `NotFound`, `NameRequired`, `TextTooLong`, `UnknownSetting`, and `InvoiceTemplateIsUsed`

        for another entity than the one whose customers were given it.
        """
        old = desk.get(InvoiceTemplate, self.invoice_template_id)
        template = changed(old, updated_at=desk.now, **_said(self))
        if self.name is not None:
            template = changed(template, name=named(self.name, WHAT))
        if self.entity_id not in (None, old.entity_id):
            _unused(old)
            template = changed(template, entity_id=use(desk, desk.get(Entity, self.entity_id)).id)
        page_of(template.page_size)
        if template.is_default:
            _only_default(desk, template)
        desk.tell("invoice_template.updated", old)
        return desk.put(template)


class DeleteInvoiceTemplate(Command, frozen=True, kw_only=True):
    """Take a template away that no customer was ever given."""

    ANSWER = InvoiceTemplate
    invoice_template_id: int

    def needs(self) -> Needs:
        yield InvoiceTemplate, self.invoice_template_id

    def decide(self, desk: Desk) -> InvoiceTemplate:
        """Refuses `NotFound`, `InvoiceTemplateIsUsed`."""
        template = desk.get(InvoiceTemplate, self.invoice_template_id)
        _unused(template)
        desk.remove(template)
        desk.tell("invoice_template.deleted", template)
        return template


def _unused(template: InvoiceTemplate) -> None:
    if template.used:
        raise InvoiceTemplateIsUsed("customers were given the template", templateId=template.id)


def _said(command: CreateInvoiceTemplate | UpdateInvoiceTemplate) -> dict[str, Any]:
    """What a command says in a template, in words that fit. Refuses `TextTooLong`."""
    words = {
        field: fits(text, field, most)
        for field, most in WORDS.items()
        if (text := getattr(command, field)) is not None
    }
    flags = {field: int(flag) for field in FLAGS if (flag := getattr(command, field)) is not None}
    return {**words, **flags}


def _only_default(desk: Desk, template: InvoiceTemplate) -> None:
    """Whichever template was its entity's default before this one is it no longer."""
    for other in desk.of(InvoiceTemplate, DEFAULT_OF_ENTITY, template.entity_id, 1):
        if other.id != template.id:
            desk.tell("invoice_template.updated", other)
            desk.put(changed(other, is_default=0, updated_at=desk.now))
