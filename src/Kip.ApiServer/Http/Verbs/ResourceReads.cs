using System.Text.Json;
using Kip.ApiServer.Http.Bodies;
using Kip.ApiServer.Registry;
using Kip.ApiServer.Tables;
using Kip.Client;
using Kip.Resources;

namespace Kip.ApiServer.Http.Verbs;

/// <summary>Answers get and list: objects as they are, as a table, or metadata only.</summary>
internal sealed class ResourceReads(ResourceRegistry registry, TimeProvider time)
{
    private readonly ListedTexts _texts = new(time);

    /// <summary>One object.</summary>
    public async Task GetAsync(ApiCall call)
    {
        var resource = Find(call);
        await WriteObjectAsync(call, resource);
    }

    /// <summary>The object that a call names.</summary>
    /// <exception cref="ApiException">404: there is none.</exception>
    public Resource Find(ApiCall call) => registry.Get(call.Kind, call.Name) ?? throw ApiException.NotFound(call.Kind, call.Name.Name);

    /// <summary>Answers with one object in the form the client asked for.</summary>
    public Task WriteObjectAsync(ApiCall call, Resource resource, int status = 200)
    {
        var form = call.Form;
        return JsonAnswer.WriteAsync(call.Http, status, writer =>
        {
            switch (form)
            {
                case AnswerForm.Table:
                    var version = new ListMeta { ResourceVersion = resource.Metadata.ResourceVersion };
                    TableWriter.Write(writer, call.Served, [resource], version, IncludeOf(call), time.GetUtcNow(), apiVersion: call.MetaVersion);
                    break;
                case AnswerForm.Partial:
                    TableWriter.WritePartial(writer, resource, call.MetaVersion);
                    break;
                default:
                    call.Served.Write(writer, resource);
                    break;
            }
        });
    }

    /// <summary>The objects of a collection.</summary>
    public async Task ListAsync(ApiCall call)
    {
        var form = call.Form;
        var include = IncludeOf(call);
        var list = registry.List(call.Kind, ListQuery.OfList(call));
        await WriteListAsync(call, list, form, include);
    }

    /// <summary>Answers with many objects, without holding them in memory as text.</summary>
    public async Task WriteListAsync(ApiCall call, ResourceList list, AnswerForm form, IncludeObject include)
    {
        await using var answer = new JsonAnswer(call.Http);
        var meta = new ListMeta { ResourceVersion = list.ResourceVersion, Continue = list.Continue, RemainingItemCount = list.RemainingItemCount };
        if (form == AnswerForm.Table)
        {
            var table = new TableWriter(answer.Writer, call.Served, include, time.GetUtcNow(), call.MetaVersion);
            table.Begin(meta, withHeadings: true);
            foreach (var resource in list.Items)
            {
                table.Row(resource);
                await answer.SpillAsync();
            }
            table.End();
        }
        else
        {
            var metaVersion = call.MetaVersion;
            if (form == AnswerForm.Partial) BeginList(answer.Writer, "PartialObjectMetadataList", metaVersion, meta);
            else BeginList(answer.Writer, $"{call.Served.Kind}List", call.Served.ApiVersion, meta);
            var asText = form == AnswerForm.Object && !answer.IsPretty;
            foreach (var resource in list.Items)
            {
                if (asText) answer.Element(_texts.Of(call.Served, resource));
                else if (form == AnswerForm.Partial) TableWriter.WritePartial(answer.Writer, resource, metaVersion);
                else call.Served.Write(answer.Writer, resource);
                await answer.SpillAsync();
            }
            answer.Writer.WriteEndArray();
            answer.Writer.WriteEndObject();
        }
        await answer.CompleteAsync();
    }

    /// <summary>How much of each object a table is to carry.</summary>
    /// <exception cref="ApiException">400: the parameter has another value.</exception>
    public static IncludeObject IncludeOf(ApiCall call) => call.Parameters.Text("includeObject") switch
    {
        null or "Metadata" => IncludeObject.Metadata,
        "None" => IncludeObject.None,
        "Object" => IncludeObject.Object,
        var other => throw ApiException.BadRequest($"unrecognized includeObject value: \"{other}\"; it is None, Metadata or Object"),
    };

    private static void BeginList(Utf8JsonWriter writer, string kind, string apiVersion, ListMeta meta)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", kind);
        writer.WriteString("apiVersion", apiVersion);
        writer.WritePropertyName("metadata");
        JsonSerializer.Serialize(writer, meta, WireJson.Of<ListMeta>());
        writer.WriteStartArray("items");
    }
}
