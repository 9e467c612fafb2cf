using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kip.ApiServer.Registry;
using Kip.Client;
using Kip.Resources.Yaml;
using Kip.Testing.Golden;
using Kip.Testing.Kubectl;
using Shouldly;

namespace Kip.Tests.ApiServer.FieldManagement;

/// <summary>Sequences of writes by several clients: what each is answered, and who owns what afterwards.</summary>
/// <remarks>A step is a file named <c>NN-VERB-MANAGER[-status|-scale][-force]</c>; its outcome is a part of <c>outcome.txt</c>.</remarks>
public sealed class ApplyGoldenTests
{
    private static readonly Goldens Goldens = Goldens.Beside("Goldens");

    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Cases => [.. Goldens.Cases];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Each_step_is_answered_and_noted(string name)
    {
        await using var api = await ApiServerFixture.StartAsync();
        var outcome = new StringBuilder();
        foreach (var file in Directory.GetFiles(Path.Combine(Goldens.Folder, name)).Order(StringComparer.Ordinal))
        {
            if (file.EndsWith("outcome.txt", StringComparison.Ordinal)) continue;
            outcome.Append($"== {Path.GetFileNameWithoutExtension(file)}: ").Append(await StepAsync(api, file)).Append('\n');
        }

        Goldens.Check(name, "outcome.txt", outcome.ToString());
        api.Logs.Lines.ShouldBeEmpty();
    }

    private static async Task<string> StepAsync(ApiServerFixture api, string file)
    {
        var words = Path.GetFileNameWithoutExtension(file).Split('-');
        var text = await File.ReadAllTextAsync(file, Cancel);
        var json = file.EndsWith(".json", StringComparison.Ordinal) ? text : Encoding.UTF8.GetString(NodeJson.Write(YamlReader.Read(text)[0]!.Root));
        using var request = Request(words, text, JsonNode.Parse(json)!);
        using var answer = await api.Http.SendAsync(request, Cancel);
        return $"{(int)answer.StatusCode}\n{Shown(JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!)}";
    }

    private static HttpRequestMessage Request(string[] words, string text, JsonNode body)
    {
        var (apiVersion, kind) = ((string)body["apiVersion"]!, (string)body["kind"]!);
        var plural = kind == "Scale" ? "deployments" : KindCatalog.BuiltIn.Find(apiVersion, kind)!.Plural;
        if (kind == "Scale") apiVersion = "apps/v1";
        var path = $"{(apiVersion == "v1" ? "/api" : "/apis")}/{apiVersion}/namespaces/default/{plural}";
        if (words[1] != "post") path += $"/{(string)body["metadata"]!["name"]!}";
        foreach (var subresource in words.Where(static word => word is "status" or "scale")) path += $"/{subresource}";
        var query = $"?fieldManager={words[2].Replace('_', '-')}{(words.Contains("force") ? "&force=true" : "")}";
        var (method, type) = words[1] switch
        {
            "post" => (HttpMethod.Post, "application/json"),
            "put" => (HttpMethod.Put, "application/json"),
            "merge" => (HttpMethod.Patch, PatchContentType.Merge),
            _ => (HttpMethod.Patch, PatchContentType.Apply),
        };
        var content = new StringContent(words[1] == "apply" ? text : body.ToJsonString());
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return new HttpRequestMessage(method, path + query) { Content = content };
    }

    // Without what differs from run to run; a line for each owner.
    private static string Shown(JsonNode answer)
    {
        var owners = new StringBuilder();
        if (answer["metadata"] is JsonObject metadata)
        {
            foreach (var name in (ReadOnlySpan<string>)["uid", "resourceVersion", "creationTimestamp"]) metadata.Remove(name);
            metadata.Remove("managedFields", out var entries);
            // Entries of one second stand in another order than those of two.
            foreach (var entry in (entries?.AsArray() ?? []).OrderBy(static entry => $"{entry!["operation"]} {entry["manager"]}", StringComparer.Ordinal))
            {
                entry!["time"].ShouldNotBeNull();
                ((string?)entry["fieldsType"]).ShouldBe("FieldsV1");
                owners.Append($"{entry["operation"]} {entry["manager"]} {entry["apiVersion"]} {entry["subresource"]}".TrimEnd())
                    .Append($": {entry["fieldsV1"]!.ToJsonString(Compact)}\n");
            }
        }
        using var document = JsonDocument.Parse(answer.ToJsonString());
        return $"{YamlWriter.Write(NodeJson.From(document.RootElement))}{owners}";
    }
}
