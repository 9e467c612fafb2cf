using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kip.ApiServer.Http;
using Kip.Rules.Access;
using Microsoft.AspNetCore.Http;

namespace Kip.ApiServer.Security.Audit;

/// <summary>Notes who asked for what and how it ended: one line of JSON a request, an <c>audit.k8s.io/v1</c> Event at the level Metadata.</summary>
/// <remarks>Bodies are never in it, so no secret is. Health checks are not noted.</remarks>
/// <param name="write">Takes a finished line; it must not wait.</param>
internal sealed class AuditLog(Action<string> write, TimeProvider time)
{
    private const string Header = "Audit-Id";
    private const int LongestId = 64;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? s_buffer;

    /// <summary>Has a request answered and notes how.</summary>
    public async Task RunAsync(HttpContext http, RequestDelegate answer)
    {
        if (RequestPipeline.IsHealthCheck(http.Request.Path.Value))
        {
            await answer(http);
            return;
        }
        var record = Begin(http);
        try
        {
            await answer(http);
        }
        finally
        {
            write(Line(http, record));
        }
    }

    // The client is told the id under which it is noted.
    private AuditRecord Begin(HttpContext http)
    {
        var given = http.Request.Headers[Header].ToString();
        var record = new AuditRecord(given.Length is > 0 and <= LongestId && IsPlain(given) ? given : Guid.NewGuid().ToString(), time.GetUtcNow());
        http.Response.Headers[Header] = record.Id;
        http.Features.Set(record);
        return record;
    }

    private string Line(HttpContext http, AuditRecord record)
    {
        var buffer = s_buffer ??= new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            Write(writer, http, record);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private void Write(Utf8JsonWriter writer, HttpContext http, AuditRecord record)
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "Event"u8);
        writer.WriteString("apiVersion"u8, "audit.k8s.io/v1"u8);
        writer.WriteString("level"u8, "Metadata"u8);
        writer.WriteString("auditID"u8, record.Id);
        writer.WriteString("stage"u8, "ResponseComplete"u8);
        writer.WriteString("requestURI"u8, http.Request.Path.Value + http.Request.QueryString.Value);
        writer.WriteString("verb"u8, record.Asked?.Verb ?? http.Request.Method.ToLowerInvariant());
        WriteUser(writer, "user"u8, record.Sender ?? new UserInfo("", []));
        if (record.Impersonated is { } other) WriteUser(writer, "impersonatedUser"u8, other);
        writer.WriteStartArray("sourceIPs"u8);
        if (http.Connection.RemoteIpAddress is { } address) writer.WriteStringValue(address.ToString());
        writer.WriteEndArray();
        if (http.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent) writer.WriteString("userAgent"u8, agent);
        if (record.Asked is { IsResource: true } asked) WriteObject(writer, asked);
        writer.WriteStartObject("responseStatus"u8);
        writer.WriteStartObject("metadata"u8);
        writer.WriteEndObject();
        writer.WriteNumber("code"u8, http.Response.StatusCode);
        writer.WriteEndObject();
        writer.WriteString("requestReceivedTimestamp"u8, Written(record.Received));
        writer.WriteString("stageTimestamp"u8, Written(time.GetUtcNow()));
        if (record.Decision is { } decision) WriteDecision(writer, decision);
        writer.WriteEndObject();
    }

    private static void WriteUser(Utf8JsonWriter writer, ReadOnlySpan<byte> field, UserInfo user)
    {
        writer.WriteStartObject(field);
        if (user.Name.Length > 0) writer.WriteString("username"u8, user.Name);
        if (user.Uid.Length > 0) writer.WriteString("uid"u8, user.Uid);
        if (!user.Groups.IsEmpty)
        {
            writer.WriteStartArray("groups"u8);
            foreach (var group in user.Groups) writer.WriteStringValue(group);
            writer.WriteEndArray();
        }
        if (user.Extra.Count > 0)
        {
            writer.WriteStartObject("extra"u8);
            foreach (var (key, values) in user.Extra)
            {
                writer.WriteStartArray(key);
                foreach (var value in values) writer.WriteStringValue(value);
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static void WriteObject(Utf8JsonWriter writer, in AccessRequest asked)
    {
        writer.WriteStartObject("objectRef"u8);
        writer.WriteString("resource"u8, asked.Resource);
        Text("namespace"u8, asked.Namespace);
        Text("name"u8, asked.Name);
        Text("apiGroup"u8, asked.Group);
        Text("apiVersion"u8, asked.Version);
        Text("subresource"u8, asked.Subresource);
        writer.WriteEndObject();

        void Text(ReadOnlySpan<byte> field, string value)
        {
            if (value.Length > 0) writer.WriteString(field, value);
        }
    }

    private static void WriteDecision(Utf8JsonWriter writer, AccessDecision decision)
    {
        writer.WriteStartObject("annotations"u8);
        writer.WriteString("authorization.k8s.io/decision"u8, decision.Allowed ? "allow"u8 : "forbid"u8);
        writer.WriteString("authorization.k8s.io/reason"u8, decision.Reason);
        writer.WriteEndObject();
    }

    private static bool IsPlain(string id)
    {
        foreach (var character in id)
            if (!char.IsAsciiLetterOrDigit(character) && character != '-') return false;
        return true;
    }

    private static string Written(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
