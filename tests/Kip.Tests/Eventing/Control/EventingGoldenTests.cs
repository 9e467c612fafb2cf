using System.Text.Json;
using System.Text.Json.Nodes;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Testing.Eventing;
using Kip.Testing.Golden;
using Kip.Testing.Serving;

namespace Kip.Tests.Eventing.Control;

/// <summary>
/// A folder per case: its manifests are applied one after the other, everything comes to rest after each, and the end is what objects.json says.
/// </summary>
public class EventingGoldenTests
{
    private static readonly Goldens Goldens = Goldens.Beside("Goldens");
    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> Cases => [.. Goldens.Cases];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_family_of_objects_is_as_reviewed(string name)
    {
        var world = EventingWorld.Make();
        foreach (var file in Directory.GetFiles(Path.Combine(Goldens.Folder, name), "*.yaml").Order(StringComparer.Ordinal))
            foreach (var resource in Yaml.Read(File.ReadAllText(file))) world.Apply(resource);
        world.Settle();
        var objects = world.Objects.Where(static o => o is not ConfigMap && o.Metadata.Namespace == "default")
            .Select(static o => JsonNode.Parse(o.GetDefinition().Write(o with { Metadata = o.Metadata with { ResourceVersion = null } }))).ToArray();
        Goldens.Check(name, "objects.json", new JsonArray(objects).ToJsonString(Indented) + "\n");
    }
}
