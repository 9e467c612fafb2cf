using System.Text.Json;
using Kip.Resources;
using Kip.Rules.Admission;

namespace Kip.Rules.Serving.Configs;

/// <summary>Knative's settings for its components' own logs: the ConfigMap <c>config-logging</c>.</summary>
public static class LoggingConfig
{
    public const string MapName = "config-logging";
    public const string LevelPrefix = "loglevel.";
    private const string Zap = "zap-logger-config";

    /// <summary>What is wrong with the ConfigMap's data.</summary>
    public static IReadOnlyList<FieldError> Validate(StringMap data)
    {
        var read = new ConfigReader(data);
        foreach (var (key, _) in data)
            if (key.StartsWith(LevelPrefix, StringComparison.Ordinal))
                read.OneOf(key, "info", "debug", "info", "warn", "error", "dpanic", "panic", "fatal");
        if (read.Text(Zap) is { } text && !IsObject(text)) read.Wrong(Zap, "is not a JSON object", 0);
        return read.Errors;
    }

    private static bool IsObject(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
