// npm's ws, as a program in plain JavaScript: a path with one stream, and requests.
const WebSocket = require("ws");

const show = (...line) => console.log(JSON.stringify(line));
const socket = new WebSocket(`${process.argv[2]}/ws/btcusdt@trade`);

socket.on("open", () => socket.ping("are you there"));
socket.on("pong", (data) => show("pong", data.toString()));
socket.on("message", (data) => {
  const message = JSON.parse(data);
  if (message.e === "trade") show("trade", message.t, message.p, message.q);
  else if ("id" in message) show("answer", message.id, message.result);
});
socket.on("error", (error) => {
  console.error(error);
  process.exit(1);
});
socket.on("close", (code) => show("closed", code));

let requested = false;
process.stdin.on("data", () => {
  if (requested) {
    socket.close(1000);
    process.stdin.destroy();
    return;
  }
  requested = true;
  const requests = [
    { method: "SUBSCRIBE", params: ["btcusdt@bookTicker"], id: 2 },
    { method: "LIST_SUBSCRIPTIONS", id: 3 },
    { method: "UNSUBSCRIBE", params: ["btcusdt@trade"], id: 4 },
    { method: "LIST_SUBSCRIPTIONS", id: 5 },
  ];
  for (const request of requests) socket.send(JSON.stringify(request));
});
