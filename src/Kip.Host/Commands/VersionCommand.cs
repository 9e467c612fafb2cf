using System.CommandLine;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kip.Host.CommandLine;
using Kip.Host.Platform;
using Kip.Host.Platform.Starting;

namespace Kip.Host.Commands;

/// <summary><c>kip version</c>: which kip this is, and which is running.</summary>
internal static class VersionCommand
{
    private static readonly Option<string?> Data = PlatformOptionSymbols.Data;
    private static readonly Option<string?> Output = GlobalOptions.Output("json");

    /// <summary>The version of this program, without the commit.</summary>
    public static string Current { get; } = typeof(VersionCommand).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static Verb Make() => new Verb("version", "Print the version of kip and of the platform that runs.", "kip version", "kip version -o json")
        .With(Data).With(Output)
        .Does(static (parsed, _) =>
        {
            var running = InstanceFile.Read(DataFolder.Choose(parsed.GetValue(Data)));
            if (parsed.GetValue(Output) == "json")
                Console.Out.WriteLine(JsonSerializer.Serialize(new Versions(Current, running?.Version), VersionJson.Default.Versions));
            else
                Console.Out.WriteLine($"kip {Current}\nplatform {running?.Version ?? "not running"}");
            return Task.CompletedTask;
        });
}

internal sealed record Versions(string Kip, string? Platform);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Versions))]
internal sealed partial class VersionJson : JsonSerializerContext;
