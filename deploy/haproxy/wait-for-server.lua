-- Lets new connections wait while a backend has no server, instead of refusing them: that is the moment in which the
-- source is being replaced. Asks every 20 ms, gives up after as many seconds as the rule says.
core.register_action("wait_for_server", {"tcp-req"}, function(txn, name, seconds)
  for _ = 1, tonumber(seconds) * 50 do
    if txn.f:nbsrv(name) > 0 then
      return
    end
    core.msleep(20)
  end
end, 2)
