"""What was posted to an account, newest first (rest.md, 2.7)."""

from typing import Any

from avoir.app.reads.account_lines import AccountLine, lines_of
from avoir.core.money import major_of
from avoir.faces.render import Style, midnight, nothing_for_zero
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import id_in, whole
from avoir.faces.rest.reports.words import TYPES

INDEX = Body(id_in("accountId", coerced=True, optional=True, loose=True), whole("limit", least=1, default=50))


async def index(call: Call) -> list[dict[str, Any]]:
    """The newest lines of one account, or of all; nothing for one that is not there."""
    style = call.style
    found = await call.caller.read(lines_of, call.query["accountId"], call.query["limit"])
    return [_row(each, style) for each in found]


def _row(x: AccountLine, style: Style) -> dict[str, Any]:
    line, base, currency = x.line, style.base, x.line.currency
    type_, words = TYPES[x.source.kind]
    return {
        "id": f"{line.entry_id}-{line.number}",
        "date": midnight(line.booked_on),
        "formatted_date": style.day(line.booked_on),
        "account_id": line.account_id,
        "transaction_type": type_,
        "transaction_id": x.source.id,
        "transaction_number": x.source.number,
        "transaction_type_formatted": words,
        "note": x.source.note or None,
        "credit": major_of(line.base_credit_minor, base),
        "debit": major_of(line.base_debit_minor, base),
        "formatted_credit": nothing_for_zero(line.base_credit_minor, base),
        "formatted_debit": nothing_for_zero(line.base_debit_minor, base),
        "currency_code": currency,
        "fc_credit": major_of(line.credit_minor, currency),
        "fc_debit": major_of(line.debit_minor, currency),
        "formatted_fc_credit": nothing_for_zero(line.credit_minor, currency),
        "formatted_fc_debit": nothing_for_zero(line.debit_minor, currency),
        "created_at": x.created_at,
    }
