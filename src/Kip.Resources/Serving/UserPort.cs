namespace Kip.Resources.Serving;

/// <summary>The container port that requests of a Revision go to.</summary>
public static class UserPort
{
    /// <summary>Its name in the pods of a Revision, by which the serving container is known, too.</summary>
    public const string Name = "user-port";
}
