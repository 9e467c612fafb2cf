using Kip.ApiServer.Registry;
using Kip.Client;
using Kip.Resources;

namespace Kip.ApiServer.Http.Verbs;

/// <summary>Reads what a list or a watch asks for, by the rules that Kubernetes has for its parameters.</summary>
internal static class ListQuery
{
    /// <summary>What a list asks for.</summary>
    /// <exception cref="ApiException">422: its parameters contradict each other.</exception>
    public static ListOptions OfList(ApiCall call)
    {
        var options = call.Which();
        if (call.Parameters.Text("sendInitialEvents") is not null) throw Forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list");
        switch (options.ResourceVersionMatch)
        {
            case null:
                return options;
            case not (ResourceVersionMatch.Exact or ResourceVersionMatch.NotOlderThan):
                throw Invalid("resourceVersionMatch",
                    $"Unsupported value: \"{options.ResourceVersionMatch}\": supported values: \"\", \"Exact\", \"NotOlderThan\"", "FieldValueNotSupported");
            case var _ when options.ResourceVersion is null:
                throw Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided");
            case var _ when options.Continue is not null:
                throw Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided");
            case ResourceVersionMatch.Exact when options.ResourceVersion == "0":
                throw Forbidden("resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
            default:
                return options;
        }
    }

    /// <summary>What a watch asks for.</summary>
    /// <exception cref="ApiException">422: its parameters contradict each other.</exception>
    public static (ListOptions Options, bool? SendInitialEvents) OfWatch(ApiCall call)
    {
        var options = call.Which();
        bool? send = call.Parameters.Text("sendInitialEvents") is null ? null : call.Parameters.Flag("sendInitialEvents");
        var match = options.ResourceVersionMatch;
        if (send is not null && match != ResourceVersionMatch.NotOlderThan)
            throw Forbidden("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        if (send is null && match is not null)
            throw Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
        if (match is not null && options.Continue is not null)
            throw Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided");
        return (options, send);
    }

    private static ApiException Forbidden(string field, string why) => Invalid(field, $"Forbidden: {why}", "FieldValueForbidden");

    private static ApiException Invalid(string field, string message, string reason) => new(new Status
    {
        State = "Failure", Code = 422, Reason = StatusReason.Invalid, Message = $"ListOptions.meta.k8s.io \"\" is invalid: {field}: {message}",
        Details = new StatusDetails
        {
            Group = "meta.k8s.io", Kind = "ListOptions", Causes = [new StatusCause { Reason = reason, Message = message, Field = field }],
        },
    });
}
