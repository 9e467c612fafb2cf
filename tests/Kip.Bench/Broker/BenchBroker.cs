using System.Net.Http.Json;
using System.Text.Json;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Testing.Programs;

namespace Kip.Bench.Broker;

/// <summary>Brokers and Triggers of the platform under test, and their accounts.</summary>
internal sealed class BenchBroker : IDisposable
{
    private readonly KipProgram _kip;
    private readonly Uri _events;
    private readonly BenchConnection _connection;

    public BenchBroker(KipProgram kip)
    {
        _kip = kip;
        _connection = BenchConnection.Open(kip);
        _events = EventsOf(kip);
    }

    public static Uri EventsOf(KipProgram kip) =>
        new(JsonDocument.Parse(File.ReadAllText(Path.Combine(kip.Data, "kip.json"))).RootElement.GetProperty("events").GetString()!);

    public Uri UrlOf(string broker) => new(_events, $"/default/{broker}");

    public async Task BrokerAsync(string name)
    {
        var broker = new Resources.Eventing.Broker
        {
            Metadata = new() { Namespace = "default", Name = name, Annotations = StringMap.Of((EventingAnnotations.BrokerClass, BrokerClasses.Kip)) },
        };
        await _connection.Resources.CreateAsync(broker, CancellationToken.None);
        using var http = new HttpClient();
        // Accepting the probe, which is no event and so changes nothing, is what ready means here.
        while ((await http.PostAsync(UrlOf(name), JsonContent.Create(new { }), CancellationToken.None)).StatusCode == System.Net.HttpStatusCode.NotFound)
            await Task.Delay(20);
    }

    /// <summary>Makes Triggers for all events and waits until each is in force.</summary>
    public async Task TriggersAsync(string broker, int count, string subscriber, string prefix = "t")
    {
        for (var i = 0; i < count; i++)
        {
            await TriggerAsync(new Trigger
            {
                Metadata = new() { Namespace = "default", Name = $"{broker}-{prefix}{i}" },
                Spec = new() { Broker = broker, Subscriber = new() { Uri = subscriber } },
            });
        }
    }

    /// <summary>Makes a Trigger and waits until it is in force.</summary>
    public async Task TriggerAsync(Trigger trigger)
    {
        await _connection.Resources.CreateAsync(trigger, CancellationToken.None);
        await UntilServedAsync(trigger.Key);
    }

    public async Task<long> DeliveredAsync(string broker) => (await AccountsAsync(broker)).Sum(static a => a.GetProperty("delivered").GetInt64());

    /// <summary>Completes when everything that was accepted has been delivered to every Trigger.</summary>
    public async Task DrainedAsync(string broker)
    {
        while ((await AccountsAsync(broker)).Any(
            static a => a.GetProperty("inFlight").GetInt64() + a.GetProperty("waiting").GetInt64() + a.GetProperty("unread").GetInt64() > 0))
            await Task.Delay(20);
    }

    /// <summary>The accounts of a Broker's Triggers.</summary>
    public async Task<IReadOnlyList<JsonElement>> AccountsAsync(string broker)
    {
        var text = (await Command.RunAsync("kubectl", ["--kubeconfig", _kip.Kubeconfig, "get", "--raw", "/kip/events/accounting"])).Succeeded().Output;
        return [.. JsonDocument.Parse(text).RootElement.GetProperty("subscriptions").EnumerateArray().Where(a => a.GetProperty("topic").GetString() == broker)];
    }

    public void Dispose() => _connection.Dispose();

    private async Task UntilServedAsync(NamespacedName name)
    {
        for (var tries = 0; ; tries++)
        {
            var trigger = await _connection.Resources.GetAsync<Trigger>(name, CancellationToken.None);
            if (trigger!.Status.SubscriberUri is not null) return;
            if (tries > 200) throw new TimeoutException($"trigger {name} has no subscriber after 10 s");
            await Task.Delay(50);
        }
    }
}
