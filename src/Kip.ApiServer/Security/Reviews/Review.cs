using Kip.ApiServer.Http;

namespace Kip.ApiServer.Security.Reviews;

/// <summary>A question that is asked by creating an object which is answered at once and never stored.</summary>
/// <param name="Group">Its API group.</param>
/// <param name="Plural">Its name in paths.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Namespaced">Whether it is asked in a namespace.</param>
internal sealed record Review(string Group, string Plural, string Kind, bool Namespaced = false)
{
    /// <summary>The versions in which it is asked and answered, which do not differ; the first is the one to prefer.</summary>
    public IReadOnlyList<string> Versions { get; private init; } = ["v1"];

    private const string Authentication = "authentication.k8s.io";
    private const string Authorization = "authorization.k8s.io";

    public static readonly Review SelfSubject = new(Authentication, "selfsubjectreviews", "SelfSubjectReview")
    {
        // kubectl auth whoami asked in these up to 1.27.
        Versions = ["v1", "v1beta1", "v1alpha1"],
    };
    public static readonly Review Token = new(Authentication, "tokenreviews", "TokenReview");
    public static readonly Review SelfSubjectAccess = new(Authorization, "selfsubjectaccessreviews", "SelfSubjectAccessReview");
    public static readonly Review SelfSubjectRules = new(Authorization, "selfsubjectrulesreviews", "SelfSubjectRulesReview");
    public static readonly Review SubjectAccess = new(Authorization, "subjectaccessreviews", "SubjectAccessReview");
    public static readonly Review LocalSubjectAccess = new(Authorization, "localsubjectaccessreviews", "LocalSubjectAccessReview", Namespaced: true);

    /// <summary>Who am I, what may I do, and the same of others.</summary>
    public static readonly IReadOnlyList<Review> All = [SelfSubject, Token, SelfSubjectAccess, SelfSubjectRules, SubjectAccess, LocalSubjectAccess];

    /// <summary>The review that a path names, or null.</summary>
    public static Review? At(ResourcePath path) => All.FirstOrDefault(review =>
        review.Plural == path.Plural && review.Group == path.Group && review.Namespaced == path.Namespace is not null
        && review.Versions.Contains(path.Version) && path is { Name: null, Subresource: null });
}
