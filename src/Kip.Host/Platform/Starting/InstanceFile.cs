using System.Text.Json;
using System.Text.Json.Serialization;
using Kip.Runtime.Recovery;

namespace Kip.Host.Platform.Starting;

/// <summary>What a running platform says of itself in its data folder, for <c>kip down</c> and <c>kip status</c>.</summary>
public sealed record InstanceFile(int ProcessId, long ProcessStartTicks, string Api, string Gateway, DateTimeOffset Started, string Version)
{
    /// <summary>Where services are reached by HTTPS; null when nowhere.</summary>
    public string? Https { get; init; }

    /// <summary>Where Kip's own image registry listens, e.g. <c>127.0.0.1:5000</c>.</summary>
    public string? Registry { get; init; }

    /// <summary>Where events come in, beside the gateway.</summary>
    public string? Events { get; init; }

    /// <summary>Where metrics are read without credentials; null when nowhere.</summary>
    public string? Metrics { get; init; }

    /// <summary>The OCI runtime that was asked for; null: crun, else runc.</summary>
    public string? OciRuntime { get; init; }

    /// <summary>Reads the file of a platform that is running now; null when none is.</summary>
    public static InstanceFile? Read(DataFolder data)
    {
        try
        {
            var instance = JsonSerializer.Deserialize(File.ReadAllBytes(data.Instance), InstanceJson.Default.InstanceFile);
            return instance is not null && ProcessTable.Read(instance.ProcessId)?.StartTime == instance.ProcessStartTicks ? instance : null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes the file so that a reader sees all of it or none.</summary>
    public void Write(DataFolder data)
    {
        var temporary = data.Instance + ".new";
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(this, InstanceJson.Default.InstanceFile));
        File.Move(temporary, data.Instance, overwrite: true);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(InstanceFile))]
internal sealed partial class InstanceJson : JsonSerializerContext;
