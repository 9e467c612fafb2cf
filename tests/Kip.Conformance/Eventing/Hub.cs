using System.Text.Json;
using Kip.Conformance.Serving;
using Kip.Resources;
using Kip.Resources.Serving;

namespace Kip.Conformance.Eventing;

/// <summary>The workload as a receiver of events: each path is a receiver of its own that remembers every attempt.</summary>
/// <param name="target">The platform.</param>
/// <param name="name">The Service's name.</param>
/// <param name="url">Where it is called through the gateway.</param>
public sealed class Hub(ConformanceTarget target, string name, string url)
{
    /// <summary>One attempt to deliver an event.</summary>
    /// <param name="Headers">Names in lower case.</param>
    /// <param name="Status">What was answered.</param>
    public sealed record Attempt(IReadOnlyDictionary<string, string> Headers, string Body, int Status)
    {
        /// <summary>An attribute of an event in binary mode; empty when it is not there.</summary>
        public string Attribute(string name) => Headers.GetValueOrDefault($"ce-{name}", "");
    }

    /// <summary>Deploys the hub and completes when it is ready. One pod takes everything, so that it remembers everything.</summary>
    public static async Task<Hub> DeployAsync(ConformanceTarget target, string name = "hub")
    {
        var service = await target.ReadyServiceAsync(Workload.Service(
            target, name, annotations: "autoscaling.knative.dev/min-scale: \"1\", autoscaling.knative.dev/max-scale: \"1\""));
        return new Hub(target, name, Expect.Present(service.Status.Url));
    }

    /// <summary>A destination as a YAML flow map: a receiver of the hub, behaving as the query says.</summary>
    public string At(string receiver, string query = "") =>
        $"{{ ref: {{ apiVersion: serving.knative.dev/v1, kind: Service, name: {name} }}, uri: \"/events/{receiver}?{query}\" }}";

    /// <summary>Everything that came to a receiver so far.</summary>
    public async Task<IReadOnlyList<Attempt>> ReceivedAsync(string receiver)
    {
        var answer = (await target.CallAsync($"{url}/received/{receiver}")).Is(200);
        using var document = JsonDocument.Parse(answer.Body);
        return [.. document.RootElement.EnumerateArray().Select(static a => new Attempt(
            a.GetProperty("headers").EnumerateObject().ToDictionary(static h => h.Name, static h => h.Value.GetString()!),
            a.GetProperty("body").GetString()!,
            a.GetProperty("status").GetInt32()))];
    }

    /// <summary>Completes when a receiver has had this many attempts, and returns them; fails when there are more.</summary>
    public async Task<IReadOnlyList<Attempt>> WaitAsync(string receiver, int count = 1)
    {
        IReadOnlyList<Attempt> seen = [];
        await target.EventuallyAsync(
            async () => (seen = await ReceivedAsync(receiver)).Count >= count,
            () => $"{receiver} should have had {count} attempts, and has had {seen.Count}");
        Expect.That(seen.Count == count, $"{receiver} should have had {count} attempts, and has had {seen.Count}");
        return seen;
    }

    /// <summary>Fails when something has come to a receiver. Ask it once a later event has come to another.</summary>
    public async Task NothingAsync(string receiver)
    {
        var seen = await ReceivedAsync(receiver);
        Expect.That(seen.Count == 0, $"nothing should have come to {receiver}, but {seen.Count} attempts have");
    }
}
