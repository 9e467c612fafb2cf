using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kip.Host.Commands.Conformance;

/// <summary>What a request and the process that answers it look like from inside, as JSON.</summary>
internal static class RuntimeDocument
{
    private static readonly string[] Files =
    [
        "/dev/fd", "/dev/full", "/dev/null", "/dev/ptmx", "/dev/random", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/tty", "/dev/urandom",
        "/dev/zero", "/dev/console", "/proc/self/fd", "/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2", "/tmp", "/etc/resolv.conf",
    ];

    public static async Task WriteAsync(HttpContext context, string[] arguments)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        WriteRequest(json, context);
        WriteHost(json, arguments);
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }

    private static void WriteRequest(Utf8JsonWriter json, HttpContext context)
    {
        json.WriteStartObject("request");
        json.WriteString("method", context.Request.Method);
        json.WriteString("uri", context.Features.Get<IHttpRequestFeature>()!.RawTarget);
        json.WriteString("host", context.Request.Host.Value);
        json.WriteString("proto", context.Request.Protocol);
        json.WriteStartObject("headers");
        foreach (var (name, values) in context.Request.Headers)
            json.WriteString(name.ToLowerInvariant(), string.Join(", ", values.AsEnumerable()));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteHost(Utf8JsonWriter json, string[] arguments)
    {
        json.WriteStartObject("host");
        WriteList(json, "args", arguments);
        json.WriteStartObject("env");
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
            json.WriteString((string)variable.Key, (string?)variable.Value);
        json.WriteEndObject();
        WriteList(json, "files", [.. Files.Where(static f => Path.Exists(f) || new FileInfo(f).LinkTarget is not null)]);
        json.WriteString("tmpMode", Directory.Exists("/tmp") ? Convert.ToString((int)File.GetUnixFileMode("/tmp"), 8) : "");
        json.WriteString("cwd", Environment.CurrentDirectory);
        json.WriteString("status", File.ReadAllText("/proc/self/status"));
        json.WriteString("cgroup", File.ReadAllText("/proc/self/cgroup"));
        json.WriteString("mounts", File.ReadAllText("/proc/self/mounts"));
        json.WriteBoolean("stdinEof", Console.OpenStandardInput().ReadByte() < 0);
        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
