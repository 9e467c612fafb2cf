using System.Text.Json.Nodes;
using Kip.ApiServer.Http;
using Kip.ApiServer.Http.Bodies;
using Kip.Client;
using Kip.Resources;
using Kip.Rules.Access;
using Microsoft.AspNetCore.Http;

namespace Kip.ApiServer.Security.Reviews;

/// <summary>Answers questions about users and their rights.</summary>
internal sealed class ReviewAnswers(AccessGate gate)
{
    /// <summary>Answers with the question and its status.</summary>
    /// <exception cref="ApiException">The question cannot be read (400, 415), or leaves out what must be there (422).</exception>
    public async Task AnswerAsync(HttpContext http, Review review, ResourcePath path, UserInfo user)
    {
        using var body = await RequestBody.ReadJsonAsync(http);
        var question = new ReviewQuestion(review, RequestBody.Tree(body));
        var answer = new JsonObject { ["kind"] = review.Kind, ["apiVersion"] = $"{review.Group}/{path.Version}" };
        answer["metadata"] = question.Metadata;
        if (question.Spec.Count > 0) answer["spec"] = question.Spec.DeepClone();
        answer["status"] = StatusOf(review, question, path.Namespace, user);
        await JsonAnswer.WriteAsync(http, 201, writer => answer.WriteTo(writer));
    }

    private JsonObject StatusOf(Review review, ReviewQuestion question, string? @namespace, UserInfo user)
    {
        if (review == Review.SelfSubject) return new() { ["userInfo"] = Written(user) };
        if (review == Review.Token) return Tell(question.Text("token"), question.Texts("audiences"));
        if (review == Review.SelfSubjectRules) return RulesStatus.Write(gate.Authorizer, user, question.Text("namespace"));
        var asked = question.Asked(@namespace);
        var decision = gate.Authorizer.Decide(review == Review.SelfSubjectAccess ? user : question.Subject(), asked);
        var status = new JsonObject { ["allowed"] = decision.Allowed };
        if (decision.Reason.Length > 0) status["reason"] = decision.Reason;
        return status;
    }

    private JsonObject Tell(string token, ValueList<string> audiences)
    {
        if (token.Length == 0) throw ReviewQuestion.Invalid(Review.Token, "spec.token", "Required value");
        return gate.Authentication.OfToken(token, audiences) is { } known
            ? new() { ["authenticated"] = true, ["user"] = Written(known.User), ["audiences"] = new JsonArray(
                [.. known.Audiences.Select(static audience => (JsonNode)audience)]) }
            : new() { ["authenticated"] = false, ["error"] = "the token is not known, or no longer good" };
    }

    private static JsonObject Written(UserInfo user)
    {
        var json = new JsonObject { ["username"] = user.Name };
        if (user.Uid.Length > 0) json["uid"] = user.Uid;
        json["groups"] = new JsonArray([.. user.Groups.Select(static group => (JsonNode)group)]);
        if (user.Extra.Count == 0) return json;
        var extra = new JsonObject();
        foreach (var (key, values) in user.Extra) extra[key] = new JsonArray([.. values.Select(static value => (JsonNode)value)]);
        json["extra"] = extra;
        return json;
    }
}
