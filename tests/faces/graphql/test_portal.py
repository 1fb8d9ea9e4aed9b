"""The portal: a customer sees its own account by its own token, and nobody sees another's."""

from avoir.app.customers import CreateCustomer
from tests.ledger import line

ASK = 'mutation { portalSessionCreate(tenantCode: "G", returnUrl: "https://shop.example/") { token errors } }'


def get(shop, token):
    return shop.run(shop.http.get("/portal", params={"token": token}))


def test_a_customer_sees_its_own_account_and_no_other(shop):
    shop.client("boss", "security:write")
    shop.token = shop.token_of("boss")
    shop.invoice(line(77))
    shop.ask(CreateCustomer(name="Grace <b>", currency="USD", code="G"))
    token = shop.data(ASK)["portalSessionCreate"]["token"]
    page = get(shop, token)
    assert page.status_code == 200
    assert "Grace &lt;b&gt;" in page.text
    assert "https://shop.example/" in page.text
    assert "77.00" not in page.text
    mine = shop.data(ASK.replace('"G"', '"G"'))["portalSessionCreate"]["token"]
    assert get(shop, mine).status_code == 200


def test_no_other_token_opens_it(shop):
    for token in ("", "nonsense", shop.token):
        page = get(shop, token)
        assert page.status_code == 401
        assert "This link has ended" in page.text
