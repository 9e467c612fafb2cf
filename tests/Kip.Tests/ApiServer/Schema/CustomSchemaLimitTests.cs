using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kip.ApiServer.Registry;
using Kip.ApiServer.Schema;
using Kip.Resources.ApiExtensions;
using Kip.Tests.ApiServer.CustomResources;
using Shouldly;

namespace Kip.Tests.ApiServer.Schema;

public sealed class CustomSchemaLimitTests
{
    [Theory]
    [InlineData(100_000, true)]
    [InlineData(100, false)]
    public async Task Schemas_beyond_the_limit_say_only_that_they_are_objects(long limit, bool told)
    {
        await using var registry = ResourceRegistry.InMemory(TimeProvider.System);
        foreach (var definition in (string[])[Definitions.Budgets, Definitions.CronTabs])
            await registry.CreateAsync(
                CustomResourceDefinition.Definition.Read(Encoding.UTF8.GetBytes(definition)), new RequestContext("test", Durable: true),
                TestContext.Current.CancellationToken);
        var first = registry.Kinds.FindPlural("stable.example.com", "v1", "budgets")!;
        var second = registry.Kinds.FindPlural("stable.example.com", "v1", "crontabs")!;
        var buffer = new ArrayBufferWriter<byte>();

        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            new SchemaWriter(writer, "#/definitions/", limit).WriteComponents([first, second]);
            writer.WriteEndObject();
        }

        var components = JsonNode.Parse(buffer.WrittenSpan)!;
        components[ComponentNames.Of(first)]!["properties"]!["spec"].ShouldNotBeNull();
        var tab = components[ComponentNames.Of(second)]!;
        (tab["properties"]!["spec"] is not null).ShouldBe(told);
        ((bool?)tab["x-kubernetes-preserve-unknown-fields"]).ShouldBe(told ? null : true);
        tab["properties"]!["metadata"].ShouldNotBeNull();
        if (!told) ((string)tab["description"]!).ShouldContain("see the CustomResourceDefinition crontabs.stable.example.com");
    }
}
