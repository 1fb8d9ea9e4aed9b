"""DisputeReason."""

from avoir.faces.graphql.fields.common import Fields, of, some

DISPUTE_REASON: Fields = {"description": some("description"), "id": of("id"), "name": of("name")}
