using Kip.Rules.Access;

namespace Kip.ApiServer.Security.Authentication;

/// <summary>Knows one sort of bearer tokens.</summary>
internal interface ITokenAuthenticator
{
    /// <summary>Whose token it is. Null: it is of another sort, or no longer good.</summary>
    UserInfo? Identify(string token);
}
