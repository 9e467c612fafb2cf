using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kip.ApiServer.Http.Bodies;
using Kip.ApiServer.Tables;
using Kip.Client;
using Kip.Resources;

namespace Kip.ApiServer.Http.Verbs;

/// <summary>Writes watch events, one JSON object per line.</summary>
/// <param name="shared">Where the texts of objects are shared with other watches.</param>
/// <param name="metaVersion">The API version of tables and metadata.</param>
internal sealed class EventLines(
    KindDefinition kind, AnswerForm form, IncludeObject include, TimeProvider time, SharedJson shared, string metaVersion = TableWriter.ApiVersion)
{
    private bool _headingsSent;

    public void Write(IBufferWriter<byte> body, WatchEvent happened)
    {
        if (form == AnswerForm.Object)
        {
            WriteShared(body, happened);
            return;
        }
        using (var writer = Begin(body, TypeOf(happened.Type)))
        {
            switch (form)
            {
                case AnswerForm.Table:
                    var version = new ListMeta { ResourceVersion = happened.Object.Metadata.ResourceVersion };
                    TableWriter.Write(writer, kind, [happened.Object], version, include, time.GetUtcNow(), !_headingsSent, metaVersion);
                    _headingsSent = true;
                    break;
                default:
                    TableWriter.WritePartial(writer, happened.Object, metaVersion);
                    break;
            }
            writer.WriteEndObject();
        }
        body.Write("\n"u8);
    }

    private void WriteShared(IBufferWriter<byte> body, WatchEvent happened)
    {
        body.Write(happened.Type switch
        {
            WatchEventType.Added => "{\"type\":\"ADDED\",\"object\":"u8,
            WatchEventType.Modified => "{\"type\":\"MODIFIED\",\"object\":"u8,
            WatchEventType.Deleted => "{\"type\":\"DELETED\",\"object\":"u8,
            _ => "{\"type\":\"BOOKMARK\",\"object\":"u8,
        });
        body.Write(shared.Of(kind, happened.Object));
        body.Write("}\n"u8);
    }

    /// <summary>The last line of a watch that fails: clients list again and watch anew.</summary>
    public static void WriteError(IBufferWriter<byte> body, Status status)
    {
        using (var writer = Begin(body, "ERROR"))
        {
            JsonSerializer.Serialize(writer, status, WireJson.Of<Status>());
            writer.WriteEndObject();
        }
        body.Write("\n"u8);
    }

    private static Utf8JsonWriter Begin(IBufferWriter<byte> body, string type)
    {
        var writer = new Utf8JsonWriter(body, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        writer.WriteStartObject();
        writer.WriteString("type", type);
        writer.WritePropertyName("object");
        return writer;
    }

    private static string TypeOf(WatchEventType type) => type switch
    {
        WatchEventType.Added => "ADDED",
        WatchEventType.Modified => "MODIFIED",
        WatchEventType.Deleted => "DELETED",
        _ => "BOOKMARK",
    };
}
