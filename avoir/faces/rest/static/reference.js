// The reference of this very server, to read and to try. A key is kept in this page and nowhere else.
"use strict";

SwaggerUIBundle({
  url: "/schema",
  dom_id: "#reference",
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  filter: true,
  validatorUrl: null,
});
