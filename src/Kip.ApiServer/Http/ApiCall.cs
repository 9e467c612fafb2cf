using Kip.ApiServer.Http.Bodies;
using Kip.ApiServer.Registry;
using Kip.Client;
using Kip.Resources;
using Kip.Rules.Access;
using Microsoft.AspNetCore.Http;

namespace Kip.ApiServer.Http;

/// <summary>One request on a resource: what the path names, who asks, and the HTTP exchange itself.</summary>
/// <param name="Served">The kind in the version that the path names: what is read from the body and written to the answer.</param>
internal sealed record ApiCall(HttpContext Http, ResourcePath Path, KindDefinition Served, UserInfo User, CancellationToken Stopping)
{
    /// <summary>The kind as it is stored.</summary>
    public KindDefinition Kind => Served.Stored;

    public IQueryCollection Parameters => Http.Request.Query;

    public CancellationToken Cancel => Http.RequestAborted;

    /// <summary>The object that the path names.</summary>
    public NamespacedName Name => new(Path.Namespace ?? "", Path.Name ?? "");

    /// <summary>The form of the answer.</summary>
    public AnswerForm Form => AcceptedForm.OfObjects(Http.Request.Headers.Accept);

    /// <summary>The API version of tables and metadata in the answer.</summary>
    public string MetaVersion
    {
        get
        {
            AcceptedForm.OfObjects(Http.Request.Headers.Accept, out var version);
            return $"meta.k8s.io/{version}";
        }
    }

    /// <summary>Who writes, and whether for show only.</summary>
    public RequestContext WriteContext(bool dryRun = false)
    {
        // A write that is tried again says the same again; it is told once.
        HashSet<string> told = [];
        return new(User, dryRun || Query.DryRun(Parameters["dryRun"]), Warn: said => Warnings.Add(Http, said.Where(told.Add)))
        {
            // Who deletes owns nothing.
            Writer = HttpMethods.IsDelete(Http.Request.Method) ? null : new(FieldManagers.Of(Http.Request), Served.ApiVersion),
        };
    }

    /// <summary>Which objects of the collection are meant.</summary>
    public ListOptions Which()
    {
        var limit = Parameters.Number("limit");
        // A single object is read as a collection by watches and old clients: fieldSelector metadata.name.
        return new ListOptions
        {
            Namespace = Path.Namespace,
            LabelSelector = Parameters.Text("labelSelector"),
            FieldSelector = Path.Name is null ? Parameters.Text("fieldSelector") : $"metadata.name={Path.Name}",
            Limit = limit is > 0 ? (int)Math.Min(limit.Value, int.MaxValue) : null,
            Continue = Parameters.Text("continue"),
            ResourceVersion = Parameters.Text("resourceVersion"),
            ResourceVersionMatch = Parameters.Text("resourceVersionMatch"),
            AllowBookmarks = Parameters.Flag("allowWatchBookmarks"),
        };
    }
}
