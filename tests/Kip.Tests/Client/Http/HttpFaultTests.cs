using System.Net;
using Kip.Client;
using Kip.Client.Http;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;
using Shouldly;

namespace Kip.Tests.Client.Http;

public sealed class HttpFaultTests : IDisposable
{
    private const string Map = """{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","namespace":"default","resourceVersion":"5"}}""";

    private readonly ScriptedServer _server = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_that_is_put_off_is_made_again_when_the_server_says()
    {
        _server.Answer(429, "{}", ("Retry-After", "3")).Answer(503, "{}", ("Retry-After", "1")).Answer(200, Map);
        using var api = _server.Client();
        var call = api.GetAsync(ConfigMap.Definition, new("default", "a"), Cancel);

        call.IsCompleted.ShouldBeFalse();
        _server.Time.Advance(TimeSpan.FromSeconds(3));
        _server.Requests.Count.ShouldBe(2);
        _server.Time.Advance(TimeSpan.FromSeconds(1));

        (await call)!.Metadata.ResourceVersion.ShouldBe("5");
        _server.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Patience_has_an_end()
    {
        for (var i = 0; i < 3; i++) _server.Answer(429, Status(429, "TooManyRequests", "slow down"), ("Retry-After", "0"));
        using var api = _server.Client(static o => o with { MaxRetries = 2 });
        var failure = await Failure(api.GetAsync(ConfigMap.Definition, new("default", "a"), Cancel));
        failure.Message.ShouldBe("slow down");
        _server.Requests.Count.ShouldBe(3);

        _server.Answer(429, Status(429, "TooManyRequests", "come back tomorrow"), ("Retry-After", "86400"));
        (await Failure(api.GetAsync(ConfigMap.Definition, new("default", "a"), Cancel))).Message.ShouldBe("come back tomorrow");
    }

    [Fact]
    public async Task A_503_without_a_word_on_when_is_a_failure_at_once()
    {
        _server.Answer(503, "<html>upstream is down</html>");
        using var api = _server.Client();
        var failure = await Failure(api.CreateAsync(new ConfigMap { Metadata = new() { Name = "a", Namespace = "default" } }, Cancel));

        failure.Code.ShouldBe(503);
        failure.Status.Reason.ShouldBe(StatusReason.ServiceUnavailable);
        failure.Message.ShouldBe("https://api.test:6443 answered 503: <html>upstream is down</html>");
    }

    [Fact]
    public async Task A_server_that_is_not_there_or_does_not_answer_is_named()
    {
        using var api = _server.Client();
        var refused = await Failure(api.GetAsync(ConfigMap.Definition, new("default", "a"), Cancel));
        refused.Code.ShouldBe(503);
        refused.Message.ShouldBe("https://api.test:6443 cannot be reached: Connection refused (api.test:6443). Is it running?");

        _server.Hangs = true;
        var call = api.GetAsync(ConfigMap.Definition, new("default", "a"), Cancel);
        _server.Time.Advance(TimeSpan.FromSeconds(30));
        var silent = await Failure(call);
        silent.Code.ShouldBe(504);
        silent.Message.ShouldBe("https://api.test:6443 did not answer in time");
    }

    [Fact]
    public async Task The_callers_own_cancelling_is_no_failure_of_the_server()
    {
        _server.Hangs = true;
        using var api = _server.Client();
        using var stop = new CancellationTokenSource();
        var call = api.GetAsync(ConfigMap.Definition, new("default", "a"), stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(call);
    }

    [Fact]
    public async Task An_answer_that_is_not_what_was_asked_for_is_a_failure_that_says_so()
    {
        _server.Answer(200, "{\"metadata\": 5}").Answer(200, "[]").Answer(200, "<html>");
        using var api = _server.Client();
        (await Failure(api.GetAsync(ConfigMap.Definition, new("default", "a"), Cancel))).Message.ShouldContain("sent a configmap that cannot be read");
        (await Failure(api.ListAsync(ConfigMap.Definition, ListOptions.All, Cancel))).Message.ShouldContain("sent a list of configmaps that cannot be read");
        (await Failure(api.ListAsync(ConfigMap.Definition, ListOptions.All, Cancel))).Message.ShouldContain("cannot be read");
    }

    [Fact]
    public async Task Requests_are_as_kubernetes_expects_them()
    {
        _server.Answer(200, """{"metadata":{"resourceVersion":"9","continue":"c2"},"items":null}""").Answer(200, "{}").Answer(200, "{}").Answer(200, "");
        using var api = _server.Client();
        var options = new ListOptions { Namespace = "default", LabelSelector = "a in (b,c)", FieldSelector = "metadata.name=x", Limit = 10, Continue = "c1" };
        var list = await api.ListAsync(Deployment.Definition, options, Cancel);
        (list.ResourceVersion, list.Continue, list.Items.Count).ShouldBe(("9", "c2", 0));
        await api.ScaleAsync(Deployment.Definition, new("default", "web"), 3, Cancel);
        await api.DeleteAsync(
            Deployment.Definition, new("default", "web"), new() { PropagationPolicy = "Foreground", Preconditions = new() { Uid = "u" } }, Cancel);
        await foreach (var _ in api.WatchAsync(ConfigMap.Definition, new() { ResourceVersion = "5", AllowBookmarks = true }, Cancel)) { }

        _server.Requests.ShouldBe([
            "GET /apis/apps/v1/namespaces/default/deployments?labelSelector=a%20in%20%28b%2Cc%29&fieldSelector=metadata.name%3Dx&limit=10&continue=c1",
            """PATCH /apis/apps/v1/namespaces/default/deployments/web/scale {"spec":{"replicas":3}}""",
            "DELETE /apis/apps/v1/namespaces/default/deployments/web "
            + """{"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Foreground","preconditions":{"uid":"u"}}""",
            "GET /api/v1/configmaps?watch=true&resourceVersion=5&allowWatchBookmarks=true&timeoutSeconds=300",
        ]);
    }

    [Fact]
    public async Task A_watch_gives_whole_events_only_and_an_error_as_what_it_says()
    {
        var added = $$"""{"type":"ADDED","object":{{Map}}}""";
        var bookmark = """{"object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"resourceVersion":"8"}},"type":"BOOKMARK"}""";
        _server.Answer(200, $"{added}\n\n{bookmark}\n{added[..40]}")
            .Answer(200, $"{added}\n{{\"type\":\"ERROR\",\"object\":{Status(410, "Expired", "too old")}}}\n");
        using var api = _server.Client();

        (await Lines(api)).ShouldBe(["Added 5", "Bookmark 8"]);
        (await Lines(api)).ShouldBe(["Added 5", "Expired too old"]);
    }

    [Fact]
    public async Task An_event_over_the_limit_ends_the_watch()
    {
        _server.Answer(200, new string('x', 300_000));
        using var api = _server.Client(static o => o with { MaxEventBytes = 100_000 });
        (await Lines(api)).Single().ShouldContain("larger than 100000 bytes");
    }

    [Fact]
    public async Task A_server_gone_without_a_word_ends_the_watch_when_its_time_is_up()
    {
        using var silent = new SilentStream();
        _server.Then(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(silent) });
        using var api = _server.Client();
        var watch = Lines(api);
        await silent.Reading.Task.WaitAsync(Cancel);
        _server.Time.Advance(TimeSpan.FromSeconds(330));

        (await watch).ShouldBeEmpty();
    }

    public void Dispose() => _server.Dispose();

    private static string Status(int code, string reason, string message) =>
        $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","code":{{code}},"reason":"{{reason}}","message":"{{message}}"}""";

    private static Task<ApiException> Failure(Task call) => Should.ThrowAsync<ApiException>(call);

    private static async Task<List<string>> Lines(HttpResources api)
    {
        var lines = new List<string>();
        try
        {
            await foreach (var step in api.WatchAsync(ConfigMap.Definition, new() { ResourceVersion = "1" }, Cancel))
                lines.Add($"{step.Type} {step.Object.Metadata.ResourceVersion}");
        }
        catch (ApiException e)
        {
            lines.Add($"{e.Status.Reason} {e.Message}");
        }
        return lines;
    }

    /// <summary>A connection on which nothing ever comes.</summary>
    private sealed class SilentStream : Stream
    {
        public TaskCompletionSource Reading { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Reading.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return 0;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
