// GraphiQL on our own endpoint. The token is kept in this page and nowhere else.
"use strict";

let token = "";
const said = document.getElementById("said");

async function ask(request) {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch("/graphql", { method: "POST", headers, body: JSON.stringify(request) });
  return answer.json();
}

document.getElementById("client").addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = new URLSearchParams(new FormData(event.target));
  body.set("grant_type", "client_credentials");
  if (!body.get("scope")) body.delete("scope");
  const answer = await (await fetch("/oauth/token", { method: "POST", body })).json();
  token = answer.access_token || "";
  said.textContent = token ? `A token for ${answer.expires_in} seconds.` : answer.error_description;
  if (token) show();
});

let root;
let shown = 0;

function show() {
  root ??= ReactDOM.createRoot(document.getElementById("graphiql"));
  // Another key is another instance, which asks for the schema anew.
  root.render(React.createElement(GraphiQL, { key: ++shown, fetcher: ask, defaultEditorToolsVisibility: true }));
}

show();
