namespace Kip.Conformance.Eventing;

/// <summary>What a Broker's ingress takes and what subscribers get: upstream's <c>TestBrokerConformance</c>, data plane.</summary>
public static class BrokerDataCases
{
    private const string Source = "knative/eventing test/rekt/features/broker/data_plane.go";

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("eventing/broker-data/versions", "Events of specversion 0.3 and 1.0 are taken, and delivered in the version they came in", Source, VersionsAsync),
        new("eventing/broker-data/unknown-version", "An event of an unknown specversion is refused", Source, UnknownVersionAsync) { Required = false },
        new("eventing/broker-data/content-types", "Binary events with JSON, XML, text and other content arrive as they were sent", Source, ContentTypesAsync),
        new("eventing/broker-data/structured", "Structured events are taken and arrive", Source, StructuredAsync),
        new("eventing/broker-data/methods", "Methods other than POST are answered 405", Source, MethodsAsync),
        new("eventing/broker-data/missing-attribute", "An event without a mandatory attribute is answered 400", Source, MissingAsync),
        new("eventing/broker-data/unknown-broker", "An event to a Broker that does not exist is answered 404", Source, UnknownBrokerAsync),
        new("eventing/broker-data/prefer-reply", "Subscribers get Prefer: reply and the Trigger's namespace", "TestBrokerPreferHeaderCheck", PreferAsync),
        new(
            "eventing/broker-data/long-messages", "Events of 36,864 bytes arrive, and so do replies",
            "TestBrokerDeliverLongMessage, TestBrokerDeliverLongResponseMessage", LongAsync),
        new("eventing/broker-data/format", "A Trigger's delivery.format chooses structured or binary mode", "TestTriggerDeliveryFormat", FormatAsync),
        new("eventing/broker-data/webhook-handshake", "OPTIONS is answered with the permission to send", "Knative Eventing, broker ingress", OptionsAsync),
    ];

    private static async Task VersionsAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.BrokerAsync("", ("t", $"subscriber: {hub.At("t")}"));
        await target.SendEventAsync(url, headers: "ce-specversion: 1.0");
        await target.SendEventAsync(url, headers: "ce-specversion: 0.3");
        var came = await hub.WaitAsync("t", 2);
        Expect.Equal("0.3 1.0", string.Join(' ', came.Select(static a => a.Attribute("specversion")).Order(StringComparer.Ordinal)));
    }

    private static async Task UnknownVersionAsync(ConformanceTarget target)
    {
        var answer = await target.PostEventAsync(await target.BrokerAsync(""), headers: "ce-specversion: 19.0");
        Expect.That(answer.Status is >= 400 and < 500, $"the answer is {answer.Status}");
    }

    private static async Task ContentTypesAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.BrokerAsync("", ("t", $"subscriber: {hub.At("t")}"));
        (string Type, string Body)[] all = [(
            "application/json", "{\"a\":1}"), ("application/xml", "<a>1</a>"), ("text/plain", "plain words"), ("image/png", "no image")];
        foreach (var (type, body) in all) Expect.Equal(202, (await target.PostEventAsync(url, body: body, contentType: type)).Status);
        var came = (await hub.WaitAsync("t", all.Length)).ToDictionary(static a => a.Headers["content-type"], static a => a.Body);
        foreach (var (type, body) in all) Expect.Equal(body, came.GetValueOrDefault(type, ""));
    }

    private static async Task StructuredAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.BrokerAsync("", ("t", $"subscriber: {hub.At("t")}"));
        var answer = await target.PostStructuredAsync(
            url, """
            {"specversion":"1.0","id":"s-1","source":"/conformance","type":"com.example.structured",
            "datacontenttype":"application/json","data":{"hello":"structured"}}
            """);
        Expect.Equal(202, answer.Status);
        var came = (await hub.WaitAsync("t"))[0];
        Expect.Contains("hello", came.Body);
        Expect.Contains("structured", came.Body);
    }

    private static async Task MethodsAsync(ConformanceTarget target)
    {
        var url = await target.BrokerAsync("");
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Patch])
        {
            using var request = new HttpRequestMessage(method, url);
            (await target.SendAsync(request)).Is(405);
        }
    }

    private static async Task MissingAsync(ConformanceTarget target)
    {
        var url = await target.BrokerAsync("");
        foreach (var attribute in (string[])["ce-specversion", "ce-id", "ce-source", "ce-type"])
            (await target.PostEventAsync(url, headers: attribute)).Is(400);
        (await target.PostStructuredAsync(url, "{\"specversion\":\"1.0\"")).Is(400);
    }

    private static async Task UnknownBrokerAsync(ConformanceTarget target)
    {
        var url = await target.BrokerAsync("");
        (await target.PostEventAsync(url + "-nobody")).Is(404);
    }

    private static async Task PreferAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.BrokerAsync("", ("t", $"subscriber: {hub.At("t")}"));
        await target.SendEventAsync(url);
        var came = (await hub.WaitAsync("t"))[0];
        Expect.Equal("reply", came.Headers.GetValueOrDefault("prefer", ""));
        Expect.Equal(target.Namespace, came.Headers.GetValueOrDefault("kn-namespace", ""));
        Expect.That(!came.Headers.ContainsKey("ce-knativebrokerttl"), "the event still carries the Broker's hop count");
    }

    private static async Task LongAsync(ConformanceTarget target)
    {
        const int Length = 36_864;
        var hub = await Hub.DeployAsync(target);
        var url = await target.BrokerAsync(
            "", ("first", $"filter: {{ attributes: {{ type: {Events.Type} }} }}, subscriber: {hub.At("first", $"reply={Events.ReplyType}")}"),
            ("second", $"filter: {{ attributes: {{ type: {Events.ReplyType} }} }}, subscriber: {hub.At("second")}"));
        await target.SendEventAsync(url, body: new string('x', Length));
        Expect.Equal(Length, (await hub.WaitAsync("first"))[0].Body.Length);
        Expect.Equal(Length, (await hub.WaitAsync("second"))[0].Body.Length);
    }

    private static async Task FormatAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.BrokerAsync(
            "", ("json", $"delivery: {{ format: json }}, subscriber: {hub.At("json")}"),
            ("binary", $"delivery: {{ format: binary }}, subscriber: {hub.At("binary")}"));
        await target.SendEventAsync(url);
        Expect.Contains("application/cloudevents+json", (await hub.WaitAsync("json"))[0].Headers["content-type"]);
        Expect.Equal(Events.Type, (await hub.WaitAsync("binary"))[0].Attribute("type"));
    }

    private static async Task OptionsAsync(ConformanceTarget target)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, await target.BrokerAsync(""));
        request.Headers.TryAddWithoutValidation("WebHook-Request-Origin", "example.com");
        var answer = (await target.SendAsync(request)).Is(200);
        Expect.Equal("*", answer.Headers.GetValueOrDefault("WebHook-Allowed-Origin", ""));
        Expect.Contains("POST", answer.Headers.GetValueOrDefault("Allow", ""));
    }
}
