"""What clients in the field call and send beside what is documented; each way does what they mean by it."""

from tests.faces.rest.api import invoice, note

ENTRY = {"index": 1, "itemId": 1000, "rate": 10, "quantity": 1}


def test_verbs_that_one_client_uses_are_understood(api):
    invoice(api, delivered=False)
    assert api.post("/sale-invoices/1/deliver").status == 201
    assert api.get("/sale-invoices/1").body["is_delivered"] is True
    assert api.post("/contacts/1/inactivate").status == 200
    assert api.get("/customers/1").body["active"] == 0
    assert api.post("/contacts/1/activate").status == 200
    assert api.get("/customers/1").body["active"] == 1
    assert api.post("/items/1000/inactivate").status == 201
    assert not api.get("/items/1000").body["active"]
    assert api.post("/items/1000/activate").status == 201
    assert api.get("/items/1000").body["active"]
    second = api.made("/branches", {"name": "Two", "code": "B2"})["id"]
    assert api.post(f"/branches/{second}/mark-primary").body["primary"] is True


def test_an_edit_may_take_a_customer_out_of_the_lists(api):
    words = {"displayName": "Cust USD", "customerType": "business"}
    assert api.put("/customers/1", words | {"active": False}).body["active"] == 0
    assert api.put("/customers/1", words).body["active"] == 0
    assert api.put("/customers/1", words | {"active": True}).body["active"] == 1


def test_an_edit_may_make_a_branch_the_primary_one(api):
    second = api.made("/branches", {"name": "Two", "code": "B2"})["id"]
    assert api.put(f"/branches/{second}", {"name": "Second", "primary": True}).body["primary"] is True
    told = {x["id"]: (x["name"], x["primary"]) for x in api.get("/branches").body}
    assert told[second] == ("Second", True)
    assert [primary for _, primary in told.values()].count(True) == 1


def test_the_formats_of_days_are_offered(api):
    found = api.get("/date-formats").body
    assert {"MM/DD/YY", "DD MMM YYYY", "yyyy/MM/DD"} <= {each["key"] for each in found}
    assert all(each["label"].endswith(f" [{each['key']}]") for each in found)


def test_a_warehouse_is_told_back_and_kept_nowhere(api):
    made = note(api, warehouseId=1, branchId=1)
    assert (made["warehouse_id"], made["branch_id"]) == (1, 1)
    assert invoice(api, warehouseId="1")["warehouse_id"] == 1
    body = {"customerId": 1, "creditNoteDate": "2026-06-15", "entries": [ENTRY], "warehouse_id": 2}
    assert api.put("/credit-notes/1", body).body["warehouse_id"] == 2
    assert api.get("/credit-notes/1").body["warehouse_id"] is None


def test_a_shared_invoice_is_had_as_a_file(api, server):
    invoice(api)
    token = api.made("/sale-invoices/1/generate-link", {})["link"].rpartition("/")[2]
    shown = server.get(f"/payment-links/{token}/invoice").body["data"]
    assert (shown["payment_amount_formatted"], shown["is_receivable"]) == ("$0.00", True)
    assert server.file(f"/payment-links/{token}/invoice/pdf").startswith(b"%PDF")
    assert server.get(f"/payment-links/{token}x/invoice/pdf").status == 404


def test_what_a_sheet_may_hold_is_told_with_the_fields_of_a_list(api):
    told = api.get("/resources/SaleInvoice/meta").body["resource_meta"]
    assert (told["exportable"], told["importable"], told["print"]["page_title"]) == (
        True, True, "Sale invoices",
    )  # fmt: skip
    assert (told["import_aggregator"], told["import_aggregate_by"]) == ("group", "invoiceNo")
    fields = told["fields2"]
    assert (fields["customer_id"]["field_type"], fields["customer_id"]["required"]) == ("relation", True)
    assert fields["customer_id"]["relation_model"] == "Customer"
    assert (fields["invoice_date"]["field_type"], fields["delivered"]["field_type"]) == ("date", "boolean")
    entries = fields["entries"]
    assert (entries["field_type"], entries["collection_min_length"]) == ("collection", 1)
    assert (entries["fields"]["rate"]["field_type"], entries["fields"]["rate"]["required"]) == (
        "number",
        True,
    )
    assert entries["fields"]["discount_type"]["options"][0] == {"key": "percentage", "label": "Percentage"}
    assert told["fields"]["customer"]["relation_entity_label"] == "display_name"
    plain = api.get("/resources/items/meta").body
    assert plain["fields2"]["name"] == {
        "name": "Name", "required": True, "import_hint": "", "field_type": "text",
    }  # fmt: skip


def test_what_an_invoice_is_mailed_with_names_its_discount(api):
    invoice(api, discount=10, discountType="amount", adjustment=5)
    told = api.get("/sale-invoices/1/mail").body
    assert (told["discount_amount"], told["adjustment_formatted"]) == (10, "$5.00")
    assert (told["entries"][0]["rate"], told["entries"][0]["quantity_formatted"]) == (300, "1.00")


def test_a_logo_is_shown_by_an_address_of_its_own(api):
    assert api.get("/organization/current").body["metadata"]["logo_uri"] is None
    assert api.put("/organization", {"logoKey": "abc"}).status == 200
    found = api.get("/organization/current").body["metadata"]
    assert found["logo_key"] == "abc"
    assert "/api/attachments/abc/content?organization=" in found["logo_uri"]
