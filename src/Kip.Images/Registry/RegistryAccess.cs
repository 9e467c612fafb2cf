using System.Text;
using Kip.Images.Pulling;
using Microsoft.AspNetCore.Http;

namespace Kip.Images.Registry;

/// <summary>Who may do what: with the token everything, without it what <c>anonymous</c> in registries.yaml allows.</summary>
internal sealed class RegistryAccess(RegistryToken token, RegistrySettingsFile settings)
{
    /// <summary>Null when the request may go on; else why not.</summary>
    public RegistryError? Refuse(HttpContext http, RegistryPath path)
    {
        var password = Password(http.Request.Headers.Authorization);
        if (password is { Length: > 0 })
            return token.Admits(password) ? null : Refused("the password is wrong; the right one is written by: kip registry login");
        var anonymous = settings.Current.Anonymous;
        if (anonymous == "push") return null;
        // Clients learn here whether to send credentials at all; whoever has some must be asked for them.
        if (path.Kind == RegistryEndpointKind.Base && password is null) return Refused("log in with: kip registry login");
        var isRead = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        return anonymous == "pull" && isRead ? null : Refused("log in with: kip registry login");
    }

    private static RegistryError Refused(string what) => new(401, "UNAUTHORIZED", $"Kip's registry wants to know who asks; {what}");

    // Null without credentials; empty for those who send none in the form of some.
    private static string? Password(string? authorization)
    {
        const string scheme = "Basic ";
        if (authorization is null || !authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) return null;
        var bytes = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization[scheme.Length..].Trim(), bytes, out var written)) return null;
        var text = Encoding.UTF8.GetString(bytes, 0, written);
        return text[(text.IndexOf(':') + 1)..];
    }
}
