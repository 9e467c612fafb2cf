using System.Text.Json;
using System.Text.Json.Serialization;
using Kip.Resources;

namespace Kip.Runtime.Bundles;

/// <summary>What <c>kip-bundle.json</c> says about a bundle: how to start it.</summary>
public sealed record BundleManifest
{
    public const string FileName = "kip-bundle.json";

    /// <summary>What it was built from, for people.</summary>
    public required string Name { get; init; }

    /// <summary><c>csharp</c>, <c>node</c>, <c>python</c> or <c>executable</c>.</summary>
    public required string Language { get; init; }

    /// <summary>
    /// The program and its arguments, started in the bundle's content folder. A program that is no path is found there or in PATH;
    /// an absolute one that is gone (a language runtime that was moved) is looked for in PATH by its name.
    /// </summary>
    public required ValueList<string> Command { get; init; }

    /// <summary>Environment the program gets unless the pod says otherwise. <c>$(PORT)</c> and the like are replaced.</summary>
    public StringMap Environment { get; init; }

    internal byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, BundleJson.Default.BundleManifest);

    internal static BundleManifest Read(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, BundleJson.Default.BundleManifest) ?? throw new JsonException("the manifest is empty");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(BundleManifest))]
internal sealed partial class BundleJson : JsonSerializerContext;
