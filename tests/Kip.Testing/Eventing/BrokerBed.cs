using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Kip.Brokers;
using Kip.Client.Informers;
using Kip.Resources;
using Kip.Resources.Duck;
using Kip.Testing.Traffic;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Kip.Testing.Eventing;

/// <summary>A real broker on a free port, over objects in memory and logs in a folder of its own.</summary>
public sealed class BrokerBed : IAsyncDisposable
{
    // Who asks whether to go on waits for the answer: a body sent after the usual second would meet a closed connection.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, Expect100ContinueTimeout = TimeSpan.FromSeconds(60) })
    {
        Timeout = TimeSpan.FromSeconds(60),
    };

    private readonly string _folder;
    private readonly bool _ownsFolder;
    private readonly InformerSet _informers;
    private FakePod _api = null!;
    private int _changes;

    private BrokerBed(MemoryResources resources, string? folder)
    {
        Resources = resources;
        _ownsFolder = folder is null;
        _folder = folder ?? Directory.CreateTempSubdirectory("kip-events-").FullName;
        _informers = new(resources, TimeProvider.System);
    }

    public MemoryResources Resources { get; }

    public EventBroker Broker { get; private set; } = null!;

    public string Folder => _folder;

    public HttpClient Http => _http;

    /// <param name="resources">Objects of an earlier bed; null: none.</param>
    /// <param name="folder">The logs of an earlier bed; null: a new one that goes with this bed.</param>
    public static async Task<BrokerBed> StartAsync(MemoryResources? resources = null, string? folder = null, Func<BrokerOptions, BrokerOptions>? change = null)
    {
        var bed = new BrokerBed(resources ?? new(), folder);
        var options = new BrokerOptions { DataDirectory = bed._folder };
        bed.Broker = await EventBroker.StartAsync(change is null ? options : change(options), bed._informers, bed.Resources, TimeProvider.System);
        // In the platform the API server stands in front and checks credentials.
        bed._api = await FakePod.StartAsync(bed.AnswerAsync);
        await bed._informers.StartAsync();
        await bed.Broker.Ready;
        return bed;
    }

    /// <summary>Stores objects and returns when the broker has taken them in.</summary>
    public async Task PutAsync(params Resources.Resource[] objects)
    {
        foreach (var item in objects) Resources.Put(item);
        await SettleAsync();
    }

    public async Task RemoveAsync(Resources.Resource item)
    {
        Resources.Remove(item.GetDefinition(), item.Key);
        await SettleAsync();
    }

    /// <summary>Sends an event in binary mode.</summary>
    public Task<HttpResponseMessage> SendAsync(
        string id, string type = "test.thing", string broker = "main", string body = "{}", params (string Name, string Value)[] headers) =>
        PostAsync($"/{EventingObjects.Space}/{broker}", null, id, type, body, headers);

    /// <summary>Sends an event to a channel.</summary>
    public Task<HttpResponseMessage> SendToChannelAsync(string id, string channel, params (string Name, string Value)[] headers) =>
        PostAsync("/", $"{channel}-kn-channel.{EventingObjects.Space}.svc.cluster.local", id, "test.thing", "{}", headers);

    /// <summary>Sends any request.</summary>
    public Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? host = null, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, $"http://{Broker.EndPoint}{path}") { Content = content };
        if (host is not null) request.Headers.Host = host;
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return _http.SendAsync(request);
    }

    /// <summary>Asks the event API.</summary>
    public async Task<JsonElement> AskAsync(string path) => await _http.GetFromJsonAsync<JsonElement>($"http://127.0.0.1:{_api.Port}/kip/events/{path}");

    /// <summary>Sends any request to the event API.</summary>
    public Task<HttpResponseMessage> ApiAsync(
        HttpMethod method, string path, HttpContent? content = null, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead) =>
        _http.SendAsync(new(method, $"http://127.0.0.1:{_api.Port}/kip/events/{path}") { Content = content }, completion);

    /// <summary>The account of a subscription; asserts nothing.</summary>
    public async Task<JsonElement> AccountOfAsync(string subscription) =>
        (await AskAsync("accounting")).GetProperty("subscriptions").EnumerateArray()
            .Single(s => s.GetProperty("subscription").GetProperty("name").GetString() == subscription);

    /// <summary>Waits until a subscription's account satisfies a condition.</summary>
    public async Task<JsonElement> UntilAsync(string subscription, Func<JsonElement, bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var account = await AccountOfAsync(subscription);
            if (condition(account)) return account;
            if (patience.IsCancellationRequested) throw new TimeoutException($"the account never became as expected: {account}");
            await Task.Delay(10, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        await _informers.DisposeAsync();
        await _api.DisposeAsync();
        _http.Dispose();
        if (_ownsFolder) Directory.Delete(_folder, recursive: true);
    }

    private Task<HttpResponseMessage> PostAsync(string path, string? host, string id, string type, string body, (string Name, string Value)[] headers)
    {
        var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        return SendAsync(
            HttpMethod.Post, path, host, content, [("ce-specversion", "1.0"), ("ce-id", id), ("ce-source", "/test"), ("ce-type", type), .. headers]);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        try
        {
            await Broker.AnswerAsync(context);
        }
        catch (Client.ApiException failure)
        {
            context.Response.StatusCode = failure.Status.Code;
            await context.Response.WriteAsync(failure.Status.Message ?? "");
        }
    }

    // Each kind has a watch of its own, so each kind of topic has a marker of its own. Topics are projected in the order of their changes:
    // when the markers are served, so is all before them.
    private async Task SettleAsync()
    {
        var name = $"marker-{++_changes}";
        var (trigger, subscriber) = ($"uid-{name}", $"uid-{name}-subscriber");
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(KindDefinition kind, NamespacedName key)
        {
            if (Broker.SubscriberOf(trigger) is not null && Broker.SubscriberOf(subscriber) is not null) done.TrySetResult();
        }
        Broker.Changed += Look;
        Resources.Put(EventingObjects.Channel(name, new SubscriberSpec { Uid = subscriber, SubscriberUri = "http://marker/" }));
        Resources.Put(EventingObjects.Broker(name));
        Resources.Put(EventingObjects.Trigger(name, "http://marker/", name));
        await done.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Broker.Changed -= Look;
        Resources.Remove(Kip.Resources.Eventing.Trigger.Definition, new(EventingObjects.Space, name));
        Resources.Remove(Kip.Resources.Eventing.Broker.Definition, new(EventingObjects.Space, name));
        Resources.Remove(Kip.Resources.Messaging.InMemoryChannel.Definition, new(EventingObjects.Space, name));
    }
}
