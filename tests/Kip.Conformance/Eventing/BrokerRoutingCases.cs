namespace Kip.Conformance.Eventing;

/// <summary>Which events reach which Triggers: upstream's routing matrix and the filter dialects.</summary>
public static class BrokerRoutingCases
{
    private const string Matrix = "knative/eventing TestBrokerConformance, routing matrix";
    private const string Dialects = "knative/eventing TestMTChannelBrokerNewTriggerFilters";

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("eventing/broker-routing/filter", "Each Trigger gets the events that pass its filter, and one without a filter gets all", Matrix, FilterAsync),
        new("eventing/broker-routing/reply", "A reply is an event that other Triggers get", Matrix, ReplyAsync),
        new(
            "eventing/broker-routing/attributes", "Filters by type, source and extensions choose; the empty value stands for any",
            "TestBrokerWithManyTriggers", AttributesAsync),
        Dialect("exact", "exact: { type: com.example.a }", "com.example.a"),
        Dialect("prefix", "prefix: { type: com.example. }", "com.example.a com.example.b com.example.ab"),
        Dialect("suffix", "suffix: { type: b }", "com.example.b com.example.ab"),
        Dialect("cesql", "cesql: \"type LIKE 'com.%' AND type != 'com.example.a'\"", "com.example.b com.example.ab"),
        Dialect("any", "any: [{ exact: { type: com.example.a } }, { not: { cesql: \"type LIKE 'com.%'\" } }]", "com.example.a org.a"),
        Dialect("all", "all: [{ prefix: { type: com. } }, { suffix: { type: b } }, { cesql: \"LENGTH(type) = 14\" }]", "com.example.ab"),
        Dialect("not", "not: { prefix: { type: com. } }", "org.a"),
        new("eventing/broker-routing/missing-extension", "Without the extension that a filter names an event does not pass", Dialects, MissingAsync),
        new(
            "eventing/broker-routing/filters-override-filter", "filters override filter when there are any, and several must all pass", Dialects,
            OverrideAsync),
        new("eventing/broker-routing/hops", "An event that comes back again and again is dropped in the end", "Knative Eventing, knativebrokerttl", HopsAsync),
    ];

    private static async Task FilterAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.BrokerAsync(
            "", ("all", $"subscriber: {hub.At("all")}"), ("match", $"filter: {{ attributes: {{ type: {Events.Type} }} }}, subscriber: {hub.At("match")}"),
            ("too", $"filter: {{ attributes: {{ type: {Events.Type}, source: /conformance }} }}, subscriber: {hub.At("too")}"),
            ("other", $"filter: {{ attributes: {{ type: other }} }}, subscriber: {hub.At("other")}"));
        await target.SendEventAsync(url);
        await hub.WaitAsync("all");
        await hub.WaitAsync("match");
        await hub.WaitAsync("too");
        await hub.NothingAsync("other");
    }

    private static async Task ReplyAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.BrokerAsync(
            "", ("first", $"filter: {{ attributes: {{ type: {Events.Type} }} }}, subscriber: {hub.At("first", $"reply={Events.ReplyType}")}"),
            ("second", $"filter: {{ attributes: {{ type: {Events.ReplyType} }} }}, subscriber: {hub.At("second")}"));
        await target.SendEventAsync(url);
        await hub.WaitAsync("first");
        var reply = (await hub.WaitAsync("second"))[0];
        Expect.Equal("/conformance/hub", reply.Attribute("source"));
        Expect.Equal("application/json", reply.Headers["content-type"]);
    }

    private static async Task AttributesAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        (string Name, string Attributes, int Count)[] all =
        [
            ("any-any", "type: '', source: ''", 4), ("any-a", "type: '', source: /a", 2), ("t-any", "type: t, source: ''", 2),
            ("t-a", "type: t, source: /a", 1),
            ("ext", "colour: red", 1), ("ext-any", "colour: ''", 2),
        ];
        var url = await target.BrokerAsync("", [.. all.Select(t => (t.Name, $"filter: {{ attributes: {{ {t.Attributes} }} }}, subscriber: {hub.At(t.Name)}"))]);
        await target.SendEventAsync(url, "t", headers: ["ce-source: /a", "ce-colour: red"]);
        await target.SendEventAsync(url, "t", headers: ["ce-source: /b"]);
        await target.SendEventAsync(url, "u", headers: ["ce-source: /a", "ce-colour: green"]);
        await target.SendEventAsync(url, "u", headers: ["ce-source: /b"]);
        foreach (var (name, _, count) in all) await hub.WaitAsync(name, count);
    }

    private static ConformanceCase Dialect(string name, string filter, string passing) => new(
        $"eventing/broker-routing/{name}", $"The dialect {name} lets the right events pass, and no others", Dialects, async target =>
        {
            var hub = await Hub.DeployAsync(target);
            var url = await target.BrokerAsync(
                "", ("t", $"filters: [{{ {filter} }}], subscriber: {hub.At("t")}"), ("all", $"subscriber: {hub.At("all")}"));
            foreach (var type in (string[])["com.example.a", "com.example.b", "com.example.ab", "org.a"]) await target.SendEventAsync(url, type);
            await hub.WaitAsync("all", 4);
            var wanted = passing.Split(' ').Order(StringComparer.Ordinal);
            var came = await hub.WaitAsync("t", passing.Split(' ').Length);
            Expect.Equal(string.Join(' ', wanted), string.Join(' ', came.Select(static a => a.Attribute("type")).Order(StringComparer.Ordinal)));
        });

    private static async Task MissingAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        (string Name, string Filter)[] all =
            [("e", "exact: { colour: red }"), ("p", "prefix: { colour: r }"), ("s", "suffix: { colour: d }"), ("c", "cesql: \"colour LIKE 'r%'\"")];
        var url = await target.BrokerAsync("", [.. all.Select(t => (t.Name, $"filters: [{{ {t.Filter} }}], subscriber: {hub.At(t.Name)}"))]);
        await target.SendEventAsync(url, "without");
        await target.SendEventAsync(url, "with", headers: "ce-colour: red");
        foreach (var (name, _) in all) Expect.Equal("with", (await hub.WaitAsync(name))[0].Attribute("type"));
    }

    private static async Task OverrideAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.BrokerAsync(
            "", ("over", $"filter: {{ attributes: {{ type: b }} }}, filters: [{{ exact: {{ type: a }} }}], subscriber: {hub.At("over")}"),
            ("empty", $"filter: {{ attributes: {{ type: b }} }}, filters: [], subscriber: {hub.At("empty")}"),
            ("both", $"filters: [{{ exact: {{ type: a }} }}, {{ exact: {{ source: /b }} }}], subscriber: {hub.At("both")}"));
        await target.SendEventAsync(url, "a", headers: "ce-source: /a");
        await target.SendEventAsync(url, "b", headers: "ce-source: /b");
        await target.SendEventAsync(url, "a", headers: "ce-source: /b");
        await hub.WaitAsync("over", 2);
        Expect.Equal("b", (await hub.WaitAsync("empty"))[0].Attribute("type"));
        Expect.Equal("/b", (await hub.WaitAsync("both"))[0].Attribute("source"));
    }

    private static async Task HopsAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.BrokerAsync(
            "delivery: { retry: 0 }", ("loop", $"filter: {{ attributes: {{ type: loop }} }}, subscriber: {hub.At("loop", "reply=loop")}"));
        await target.SendEventAsync(url, "loop", headers: "ce-knativebrokerttl: 3");
        await hub.WaitAsync("loop", 2);
        (await target.PostEventAsync(url, "loop", headers: "ce-knativebrokerttl: 1")).Is(400);
    }
}
