import { createServer } from "node:http";

const greeting = process.env.GREETING ?? "Hello";
const revision = process.env.K_REVISION ?? "nowhere";

const server = createServer((request, response) => {
  console.log(`${request.method} ${request.url}`);
  const url = new URL(request.url, "http://localhost");
  if (url.pathname !== "/sleep") return response.end(`${greeting} from ${revision}\n`);
  // /sleep?ms=200 holds the request for a while: watch Kip scale out.
  const ms = Math.min(Number(url.searchParams.get("ms")) || 0, 60_000);
  setTimeout(() => response.end(`Slept ${ms} ms in ${revision}\n`), ms);
});

server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1");
process.on("SIGTERM", () => server.close(() => process.exit(0)));
