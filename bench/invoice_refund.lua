-- Every request gives back a cent of a paid invoice, under a key of its own.
-- Arguments: "rest" or "graphql", API key or token, invoices, seed, document.
local face, key, invoices, document

function init(args)
   face, key, invoices, document = args[1], args[2], tonumber(args[3]), args[5]
   math.randomseed(tonumber(args[4]))
   wrk.method = "POST"
   wrk.headers["Content-Type"] = "application/json"
   wrk.headers["Authorization"] = "Bearer " .. key
end

function request()
   local r = math.random
   local id = r(invoices)
   wrk.headers["Idempotency-Key"] = string.format("%08x%08x%08x", r(0, 2^31 - 1), r(0, 2^31 - 1), r(0, 2^31 - 1))
   if face == "rest" then
      return wrk.format(nil, "/api/sale-invoices/" .. id .. "/refund", nil, '{"amount":0.01}')
   end
   local body = string.format('{"query":"%s","variables":{"id":"%d","amount":0.01}}', document, id)
   return wrk.format(nil, "/graphql", nil, body)
end

-- A refusal of GraphQL has status 200, and so every answer is looked at.
local wrong = 0
function response(status, headers, body)
   if status >= 300 or string.find(body, '"errors":%[') then wrong = wrong + 1 end
   if wrong == 1 then io.stderr:write(body, "\n") end
end

function done(summary, latency, requests)
   local e = summary.errors
   io.write(string.format(
      '\n{"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"broken":%d}\n',
      summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
      e.status + e.connect + e.read + e.write + e.timeout))
end
