// What a program written for contract A does, with that contract's own client.
//   node refund.js <what it is told, as JSON> <where to write what it saw>
const { readFileSync, writeFileSync } = require("fs");
const Bunny = require("@bunnyapp/api-client");

const told = JSON.parse(process.argv[2]);
const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

async function rejected(promise) {
  return promise.then(
    () => "not rejected",
    (reason) => reason,
  );
}

async function main() {
  const seed = readFileSync(told.document, "utf8");
  const bunny = new Bunny({ ...told.client, baseUrl: told.baseUrl });
  const saw = {};

  saw.refund = await bunny.query(seed, told.variables);
  saw.refused = await bunny.query(seed, told.variables);
  saw.list = await bunny.query(
    `query ($filter: String) { creditNotes(filter: $filter, sort: "createdAt desc") {
       edges { node { id kind account { name } creditedInvoice { number } } } totalCount } }`,
    { filter: "" },
  );
  saw.numbers = (await bunny.query(`{ invoice(id: 1) { amount amountPaid } }`)).data.invoice;

  saw.nested = await bunny.query(
    `query ($id: ID!) { invoice(id: $id) { number state account { name contacts { firstName } }
       invoiceItems { amount taxRate creditNoteItem { amount } } creditNotes { number creditNoteItems { amount } }
       payments { nodes { amount } } paymentApplications { amount } entity { name } } }`,
    { id: 1 },
  );

  // Messages of ours, in the client's own judgement. It parses what comes, and signs what it wrote itself.
  const hooks = new Bunny({ ...told.client, baseUrl: told.baseUrl, webhookSigningToken: told.hook.key }).webhooks;
  saw.hooks = told.hook.messages.map(({ body, signature }) => ({
    canonical: JSON.stringify(JSON.parse(body)) === body,
    valid: hooks.validate(signature, JSON.parse(body)),
    forged: hooks.validate(signature, { ...JSON.parse(body), type: "Forged" }),
  }));

  // The token expires; the client asks for another and tries again by itself.
  const first = bunny.options.accessToken;
  await sleep(told.lifetime);
  saw.later = await bunny.query(`{ currentUser { scopes user { name } } }`);
  saw.stale = await rejected(new Bunny({ baseUrl: told.baseUrl, accessToken: first }).query("{ __typename }"));

  const stranger = { ...told.client, baseUrl: told.baseUrl, clientSecret: "wrong" };
  saw.stranger = await rejected(new Bunny(stranger).query("{ __typename }"));
  const greedy = { ...told.client, baseUrl: told.baseUrl, scope: "admin:write" };
  saw.greedy = await rejected(new Bunny(greedy).query("{ __typename }"));

  writeFileSync(process.argv[3], JSON.stringify(saw));
}

main();
