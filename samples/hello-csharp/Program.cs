var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { Args = args });
builder.WebHost.UseKestrelCore();
builder.Logging.AddSimpleConsole(options => options.SingleLine = true);
builder.Services.AddRoutingCore();

var app = builder.Build();
var greeting = Environment.GetEnvironmentVariable("GREETING") ?? "Hello";
var revision = Environment.GetEnvironmentVariable("K_REVISION") ?? "nowhere";

app.MapGet("/", () => $"{greeting} from {revision}\n");

// /sleep?ms=200 holds the request for a while: watch Kip scale out.
app.MapGet("/sleep", async (int ms, CancellationToken cancel) =>
{
    await Task.Delay(Math.Clamp(ms, 0, 60_000), cancel);
    return $"Slept {ms} ms in {revision}\n";
});

// As a process it is told to stay on loopback; a container has addresses of its own.
app.Run(Environment.GetEnvironmentVariable("ASPNETCORE_URLS")
    ?? (Environment.GetEnvironmentVariable("PORT") is { } port ? $"http://*:{port}" : "http://127.0.0.1:8080"));
