-- Every request refunds a cent of a credit note, under a key of its own.
-- Arguments: path ("noop", "spread" or "hot"), API key, credit notes, seed.
local path, key, notes

function init(args)
   path, key, notes = args[1], args[2], tonumber(args[3])
   math.randomseed(tonumber(args[4]))
   wrk.method = "POST"
   wrk.headers["Content-Type"] = "application/json"
   wrk.headers["Authorization"] = "Bearer " .. key
end

function request()
   local r, of, account = math.random, 1, 1000
   if path ~= "hot" then
      of, account = r(notes), 1000 + r(0, 3)
   end
   local fresh = string.format("%08x-%04x-4%03x-a%03x-%06x%06x", r(0, 2^32 - 1), r(0, 65535), r(0, 4095),
                               r(0, 4095), r(0, 2^24 - 1), r(0, 2^24 - 1))
   wrk.headers["Idempotency-Key"] = fresh
   local where = path == "noop" and "/noop" or "/api/credit-notes/" .. of .. "/refunds"
   local body = string.format(
      '{"fromAccountId":%d,"amount":0.01,"date":"2026-11-20","referenceNo":"%s","description":"Returned"}',
      account, string.sub(fresh, 1, 8))
   return wrk.format(nil, where, nil, body)
end

function done(summary, latency, requests)
   local e = summary.errors
   io.write(string.format(
      '\n{"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"refused":%d,"broken":%d}\n',
      summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
      e.status, e.connect + e.read + e.write + e.timeout))
end
