using Kip.Resources;

namespace Kip.ApiServer.Security.Authentication;

/// <summary>Knows one sort of bearer tokens.</summary>
internal interface ITokenAuthenticator
{
    /// <summary>Whose token it is. Null: it is of another sort, no longer good, or meant for others.</summary>
    /// <param name="audiences">Those whom it is shown to; empty: this API server.</param>
    TokenIdentity? Identify(string token, ValueList<string> audiences);
}
