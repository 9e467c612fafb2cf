using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kip.ApiServer.Http.Bodies;
using Kip.ApiServer.Tables;
using Kip.Client;
using Kip.Resources;

namespace Kip.ApiServer.Http.Verbs;

/// <summary>Writes watch events, one JSON object per line.</summary>
internal sealed class EventLines(KindDefinition kind, AnswerForm form, IncludeObject include, TimeProvider time)
{
    private bool _headingsSent;

    public void Write(IBufferWriter<byte> body, WatchEvent happened)
    {
        using (var writer = Begin(body, TypeOf(happened.Type)))
        {
            switch (form)
            {
                case AnswerForm.Table:
                    var version = new ListMeta { ResourceVersion = happened.Object.Metadata.ResourceVersion };
                    TableWriter.Write(writer, kind, [happened.Object], version, include, time.GetUtcNow(), withHeadings: !_headingsSent);
                    _headingsSent = true;
                    break;
                case AnswerForm.Partial:
                    TableWriter.WritePartial(writer, happened.Object);
                    break;
                default:
                    kind.Write(writer, happened.Object);
                    break;
            }
            writer.WriteEndObject();
        }
        body.Write("\n"u8);
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
