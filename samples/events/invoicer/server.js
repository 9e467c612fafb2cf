// Answers an order with an invoice: the answer is an event of its own, which goes back to the broker. Any other event is only written down.
import { createServer } from "node:http";
import { randomUUID } from "node:crypto";

const server = createServer(async (request, response) => {
  let body = "";
  for await (const part of request) body += part;
  const type = request.headers["ce-type"];
  console.log(`${type} ${body}`);
  if (type !== "com.example.order") return response.writeHead(202).end();

  const order = JSON.parse(body);
  response.writeHead(200, {
    "content-type": "application/json",
    "ce-specversion": "1.0",
    "ce-id": randomUUID(),
    "ce-source": "/invoicer",
    "ce-type": "com.example.invoice",
  });
  response.end(JSON.stringify({ order: order.id, total: order.price * order.pieces }));
});

server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1");
process.on("SIGTERM", () => server.close(() => process.exit(0)));
