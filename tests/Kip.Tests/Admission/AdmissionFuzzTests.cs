using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Kip.Resources;
using Kip.Rules.Admission;
using Kip.Testing.Simulation;
using Kip.Tests.ApiServer;
using Shouldly;

namespace Kip.Tests.Admission;

/// <summary>
/// Random and damaged objects through the API server: no answer of 500, no hang, and what is stored is valid, keeps its form and can be changed.
/// </summary>
/// <remarks>A few seconds here; <c>KIP_FUZZ_SECONDS=60</c> makes it a minute per seed.</remarks>
public sealed class AdmissionFuzzTests : ApiServerTest
{
    public static TheoryData<int> FixedAndFreshSeeds => [.. Seeds.Take(1, fresh: 1)];

    [Theory]
    [MemberData(nameof(FixedAndFreshSeeds))]
    public async Task Whatever_is_sent_is_refused_with_a_reason_or_stored_as_something_valid(int seed)
    {
        var fuzz = new ObjectFuzz(seed);
        var seconds = double.TryParse(Environment.GetEnvironmentVariable("KIP_FUZZ_SECONDS"), out var asked) ? asked : 0;
        var end = DateTime.UtcNow.AddSeconds(seconds);
        var stored = 0;
        for (var round = 0; round < 700 || DateTime.UtcNow < end; round++)
        {
            var (kind, body) = fuzz.Next();
            var said = $"seed {seed}, round {round}: {body}";
            using var answer = await PostAsync(kind, body);
            ((int)answer.StatusCode).ShouldBeLessThan(500, said);
            if (!answer.IsSuccessStatusCode) continue;
            stored++;
            await CheckStoredAsync(kind, await answer.Content.ReadAsByteArrayAsync(Cancel), said);
        }
        stored.ShouldBeGreaterThan(30, "objects that are only ever refused would test little");
    }

    // Found by fuzzing.
    [Theory]
    [InlineData("""{"metadata":{"name":"found"},"spec":{"containers":[{"image":"a"}],"imagePullSecrets":[{"name":null},{"name":""}]}}""")]
    public async Task What_was_stored_wrongly_once_is_not_any_more(string body)
    {
        using var answer = await PostAsync(Kip.Resources.Serving.Revision.Definition, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        await CheckStoredAsync(Kip.Resources.Serving.Revision.Definition, await answer.Content.ReadAsByteArrayAsync(Cancel), body);
    }

    private async Task CheckStoredAsync(KindDefinition kind, byte[] json, string said)
    {
        var resource = kind.Read(json);
        kind.Read(kind.Write(resource)).ShouldBe(resource, said);
        var present = Api.Registry.Get(kind, resource.Key).ShouldNotBeNull(said);
        resource.ShouldBe(present, $"what is told is what is stored; {said}");
        var maps = Api.Registry.List(Kip.Resources.Core.ConfigMap.Definition, Kip.Client.ListOptions.All with { Namespace = "knative-serving" }).Items
            .Cast<Kip.Resources.Core.ConfigMap>().ToDictionary(static m => m.Metadata.Name, static m => m.Data);
        var again = new AdmissionRequest(present, null, "jane", null, new PlatformConfig(maps));
        var defaulted = AdmissionRules.Default(again with { Old = present });
        defaulted.ShouldBe(present, $"defaulting twice; {said}");
        AdmissionRules.Validate(again).Select(static e => $"{e.Field}: {e.Sentence}").ShouldBeEmpty($"valid when it is looked at again; {said}");
        using var labelled = await PatchAsync(kind, resource, """{"metadata":{"labels":{"touched":"yes"}}}""");
        labelled.StatusCode.ShouldBe(HttpStatusCode.OK, said + " " + await labelled.Content.ReadAsStringAsync(Cancel));
    }

    private async Task<HttpResponseMessage> PostAsync(KindDefinition kind, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        var space = JsonNode.Parse(body)?["metadata"] is JsonObject metadata && metadata["namespace"] is JsonValue value
            && value.TryGetValue<string>(out var name)
            && name is "default" or "knative-serving" ? JsonNode.Parse(body)!["metadata"]!["namespace"]!.GetValue<string>() : "default";
        return await Api.Http.PostAsync(PathOf(kind, space), content, patience.Token);
    }

    private async Task<HttpResponseMessage> PatchAsync(KindDefinition kind, Resource resource, string patch)
    {
        using var content = new StringContent(patch, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/merge-patch+json");
        return await Api.Http.PatchAsync($"{PathOf(kind, resource.Metadata.Namespace)}/{Uri.EscapeDataString(resource.Metadata.Name)}", content, Cancel);
    }

    private static string PathOf(KindDefinition kind, string space) =>
        (kind.Group.Length == 0 ? "/api/v1" : $"/apis/{kind.Group}/{kind.Version}") + (kind.Namespaced ? $"/namespaces/{space}" : "") + "/" + kind.Plural;
}
