// Node's HTTP server; answers with what it has read. Prints its port.
import http from "node:http";

const hex = (text) => Buffer.from(text ?? "", "latin1").toString("hex");

function route(target) {
  try {
    const path = decodeURIComponent(new URL(target, "http://h").pathname);
    return path.split("/")[1] === "secret" ? "secret" : path.split("/")[1] === "open" ? "open" : "root";
  } catch {
    return "unreadable";
  }
}

const turns = new WeakMap();
const server = http.createServer((request, response) => {
  const turn = (turns.get(request.socket) ?? 0) + 1;
  turns.set(request.socket, turn);
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const sighting = [hex(request.method), hex(request.url), route(request.url), hex(request.headers["x-request-id"]),
      Buffer.concat(parts).toString("hex"), turn].join(".");
    response.writeHead(200, { "X-Sighting": sighting, "Content-Length": 0 });
    response.end();
  });
});
server.keepAliveTimeout = 0;
server.requestTimeout = 0;
server.headersTimeout = 0;
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
