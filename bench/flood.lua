-- Asks for more than can be written: a cent of a credit note each time, under a key of its own. Counts what
-- was done, what was told to come again (429 or 503 with Retry-After), and whatever else was said.
-- Arguments: API key, credit notes, seed.
local asked = {}

function setup(thread)
   asked[#asked + 1] = thread
end

function init(args)
   key, notes = args[1], tonumber(args[2])
   done_, again, other = 0, 0, 0
   math.randomseed(tonumber(args[3]))
   wrk.method = "POST"
   wrk.headers["Content-Type"] = "application/json"
   wrk.headers["Authorization"] = "Bearer " .. key
end

function request()
   local r = math.random
   wrk.headers["Idempotency-Key"] = string.format("%08x-%08x-%08x", r(0, 2^32 - 1), r(0, 2^32 - 1), r(0, 2^32 - 1))
   local body = '{"fromAccountId":1000,"amount":0.01,"date":"2026-11-20","description":"Returned"}'
   return wrk.format(nil, "/api/credit-notes/" .. r(notes) .. "/refunds", nil, body)
end

function response(status, headers)
   if status == 201 then
      done_ = done_ + 1
   elseif (status == 429 or status == 503) and (headers["retry-after"] or headers["Retry-After"]) then
      again = again + 1
   else
      other = other + 1
   end
end

function done(summary)
   local e, t = summary.errors, asked[1]
   io.write(string.format('\n{"done":%d,"again":%d,"other":%d,"broken":%d}\n', t:get("done_"), t:get("again"),
                          t:get("other"), e.connect + e.read + e.write + e.timeout))
end
