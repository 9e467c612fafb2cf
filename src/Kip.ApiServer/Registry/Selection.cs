using Kip.Client;
using Kip.Resources;
using Kip.Resources.Selectors;

namespace Kip.ApiServer.Registry;

/// <summary>Which objects of a kind a list or watch is about.</summary>
internal sealed record Selection(string? Namespace, LabelQuery Labels, FieldQuery Fields)
{
    /// <summary>Whether only the namespace chooses.</summary>
    public bool IsWhole => Labels.IsEverything && Fields.IsEverything;

    /// <exception cref="ApiException">A selector is malformed (400).</exception>
    public static Selection Of(KindDefinition kind, ListOptions options)
    {
        try
        {
            var fields = FieldQuery.Parse(options.FieldSelector, kind);
            var space = string.IsNullOrEmpty(options.Namespace) ? null : options.Namespace;
            return new(space, LabelQuery.Parse(options.LabelSelector), fields);
        }
        catch (FormatException e)
        {
            throw ApiException.BadRequest(e.Message);
        }
    }

    public bool Matches(Resource? resource) =>
        resource is not null
        && (Namespace is null || resource.Metadata.Namespace == Namespace)
        && Labels.Matches(resource.Metadata.Labels)
        && Fields.Matches(resource);
}
