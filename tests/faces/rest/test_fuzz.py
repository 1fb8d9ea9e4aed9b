"""Whatever the description allows, and what not: every answer is one that it describes, and none a 5xx.

Requests are drawn from the OpenAPI description by Schemathesis and sent to a real server. `AVOIR_FUZZ` is how
many for each operation; `make fuzz` draws many, and others each time.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks

from tests.faces.rest import observed
from tests.races.servers import serving

MANY = int(os.environ.get("AVOIR_FUZZ", "0"))
CHECKS = [
    checks.not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
    checks.response_schema_conformance,
]  # fmt: skip
HOW = settings(
    max_examples=MANY or 3,
    derandomize=not MANY,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
ADA = {"firstName": "Ada", "lastName": "L", "email": "ada@example.com", "password": "correct horse"}
ACME = {
    "name": "Acme", "location": "US", "baseCurrency": "USD", "timezone": "UTC", "fiscalYear": "january",
    "language": "en",
}  # fmt: skip
ENTRY = {"index": 1, "itemId": 1000, "quantity": 1, "rate": 500}


class Member:
    """Ada, signed in to a server, with an organization that has one of most things."""

    def __init__(self, at: str) -> None:
        self.http = httpx.Client(base_url=at, timeout=60)
        self.said("POST", "/api/auth/signup", ADA)
        known = self.said("POST", "/api/auth/signin", {name: ADA[name] for name in ("email", "password")})
        self.headers = {
            "Authorization": f"Bearer {known['access_token']}", "organization-id": known["organization_id"]
        }  # fmt: skip
        self.http.headers.update(self.headers)
        self.said("POST", "/api/organization/build", ACME)
        self.said("POST", "/api/customers", {"displayName": "Ben"})
        self.said("POST", "/api/items", {"name": "Hour", "type": "service", "sellable": True})
        dated = {"invoiceDate": "2026-06-01", "dueDate": "2026-07-01"}
        for delivered in (True, True, False):
            self.said("POST", "/api/sale-invoices", {
                "customerId": 1, "delivered": delivered, "entries": [ENTRY], **dated
            })  # fmt: skip
        self.said("POST", "/api/payments-received", {
            "customerId": 1, "paymentDate": "2026-06-05", "depositAccountId": 1000,
            "entries": [{"invoiceId": 1, "paymentAmount": 300}],
        })  # fmt: skip
        for _ in range(2):
            self.said("POST", "/api/credit-notes", {
                "customerId": 1, "creditNoteDate": "2026-06-10", "open": True, "entries": [ENTRY]
            })  # fmt: skip
        self.said("POST", "/api/credit-notes/1/refunds", {
            "fromAccountId": 1000, "amount": 10, "date": "2026-06-11"
        })  # fmt: skip

    def said(self, method: str, path: str, body: Any = None) -> Any:
        """What was answered to a call, which must have been granted."""
        reply = self.http.request(method, path, json=body)
        assert reply.is_success, reply.text
        return reply.json() if reply.content else None

    def unlock(self) -> None:
        """Whatever was locked by chance is open again, for those who come after."""
        for module in ("all", "sales", "financial"):
            self.http.put("/api/transactions-locking/cancel-lock", json={"module": module, "reason": "go on"})


@pytest.fixture
def member(url: str, tmp_path: Path) -> Iterator[Member]:
    with serving(url, tmp_path / "log") as (server,):
        member = Member(server.at)
        yield member
        member.http.close()


def test_every_answer_is_one_that_is_described(member):
    schema = schemathesis.openapi.from_dict(member.said("GET", "/schema"))
    schema.config.update(base_url=str(member.http.base_url))
    wrong: dict[str, str] = {}
    asked = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @HOW
        @given(case=operation.as_strategy())
        def ask(case):
            nonlocal asked
            asked += 1
            response = case.call(headers=member.headers)
            if observed.LEARN:
                checks_ = [checks.not_a_server_error]
                kind = response.headers.get("content-type", [""])[0]
                path = case.formatted_path.removeprefix("/api")
                observed.see(
                    case.method, path, None, response.status_code, kind, response.content, typical=False
                )
            else:
                checks_ = CHECKS
            case.validate_response(response, checks=checks_)

        try:
            ask()
        except (AssertionError, BaseExceptionGroup) as problem:
            wrong[operation.label] = str(problem)[:1500]
        if "transactions-locking" in operation.path:
            member.unlock()
    assert not wrong, "\n\n".join(f"{label}: {problem}" for label, problem in wrong.items())
    assert asked > len(list(schema.get_all_operations()))
    # Whoever was let in at first is in still: what came before was not all the same 401.
    assert member.said("GET", "/api/organization/current")["is_ready"]
