using Kip.ApiServer.Http;
using Kip.ApiServer.Security.Audit;
using Kip.ApiServer.Security.Authorization;
using Kip.Client;
using Kip.Rules.Access;
using Microsoft.AspNetCore.Http;

namespace Kip.ApiServer.Security;

/// <summary>Where every request but a health check must pass: who asks, as whom, and may that be done?</summary>
internal sealed class AccessGate(Authentication.Authentication authentication, Authorizer authorizer)
{
    public Authentication.Authentication Authentication => authentication;

    public Authorizer Authorizer => authorizer;

    /// <summary>The user that the request is carried out as; also left in the request's features.</summary>
    /// <param name="path">The request's path when it names a resource; else null.</param>
    /// <exception cref="ApiException">401: nobody knows who asks. 403: it may not be done.</exception>
    public UserInfo Admit(HttpContext http, ResourcePath? path)
    {
        var record = http.Features.Get<AuditRecord>();
        var asked = RequestAttributes.Of(http.Request, path);
        if (record is not null) record.Asked = asked;
        var sender = authentication.Identify(http);
        if (record is not null) record.Sender = sender;
        var user = Impersonation.Of(http.Request.Headers, sender, authorizer) ?? sender;
        http.Features.Set(user);
        if (user != sender && record is not null) record.Impersonated = user;
        var decision = authorizer.Decide(user, asked);
        if (record is not null) record.Decision = decision;
        return decision.Allowed ? user : throw Forbidden.Of(user, asked, decision.Reason);
    }
}
