using System.Buffers;
using System.Text;
using System.Text.Json;
using Kip.Resources;

namespace Kip.Rules.Serving.Rollouts;

/// <summary>A rollout as text, for the annotation that keeps it.</summary>
public static class RolloutJson
{
    public static string Write(Rollout rollout)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (!rollout.Configurations.IsEmpty)
            {
                json.WriteStartArray("configurations");
                foreach (var one in rollout.Configurations) Write(json, one);
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The rollout that a text holds; none when it holds none, or one that does not add up: then the traffic simply moves at once.</summary>
    public static Rollout Read(string? text)
    {
        if (string.IsNullOrEmpty(text)) return Rollout.None;
        try
        {
            using var document = JsonDocument.Parse(text);
            if (!document.RootElement.TryGetProperty("configurations", out var list)) return Rollout.None;
            var rollout = new Rollout(list.EnumerateArray().Select(Read).ToValueList());
            return rollout.Configurations.All(AddsUp) ? rollout : Rollout.None;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return Rollout.None;
        }
    }

    private static void Write(Utf8JsonWriter json, ConfigurationRollout one)
    {
        json.WriteStartObject();
        json.WriteString("configurationName", one.ConfigurationName);
        if (one.Tag.Length > 0) json.WriteString("tag", one.Tag);
        json.WriteNumber("percent", one.Percent);
        json.WriteStartArray("revisions");
        foreach (var revision in one.Revisions)
        {
            json.WriteStartObject();
            json.WriteString("revisionName", revision.RevisionName);
            json.WriteNumber("percent", revision.Percent);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("stepParams");
        if (one.Step.StartTime != 0) json.WriteNumber("starttime", one.Step.StartTime);
        if (one.Step.NextStepTime != 0) json.WriteNumber("nextStepTime", one.Step.NextStepTime);
        if (one.Step.StepDuration != 0) json.WriteNumber("stepDuration", one.Step.StepDuration);
        if (one.Step.StepSize != 0) json.WriteNumber("stepSize", one.Step.StepSize);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static ConfigurationRollout Read(JsonElement one)
    {
        var step = one.TryGetProperty("stepParams", out var stated) ? stated : default;
        return new ConfigurationRollout
        {
            ConfigurationName = one.GetProperty("configurationName").GetString() ?? "",
            Tag = one.TryGetProperty("tag", out var tag) ? tag.GetString() ?? "" : "",
            Percent = one.GetProperty("percent").GetInt32(),
            Revisions = one.GetProperty("revisions").EnumerateArray()
                .Select(static r => new RevisionPercent(r.GetProperty("revisionName").GetString() ?? "", r.GetProperty("percent").GetInt32()))
                .ToValueList(),
            Step = new RolloutStep(Number(step, "starttime"), Number(step, "nextStepTime"), Number(step, "stepDuration"),
                (int)Math.Clamp(Number(step, "stepSize"), int.MinValue, int.MaxValue)),
        };
    }

    private static long Number(JsonElement step, string name) =>
        step.ValueKind == JsonValueKind.Object && step.TryGetProperty(name, out var number) ? number.GetInt64() : 0;

    private static bool AddsUp(ConfigurationRollout one)
    {
        long sum = 0;
        foreach (var revision in one.Revisions)
        {
            if (revision.Percent is < 0 or > 100 || revision.RevisionName.Length == 0) return false;
            sum += revision.Percent;
        }
        return one.Percent is >= 0 and <= 100 && sum == one.Percent && one.Step is { StepSize: >= 0 and <= 100, StepDuration: >= 0 };
    }
}
