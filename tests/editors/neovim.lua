-- Neovim with our language server, on the handbook in the current folder: what an author does, one step after the other. Prints a
-- line for each step, and `failed:` with the reason for the first that is not as it should be.
local program = vim.env.HANDBOOK_PROGRAM

local function wait(what, is_there)
  if not vim.wait(15000, is_there, 20) then error(what .. " did not happen") end
  print("ok: " .. what)
end

local function here() return vim.fn.expand("%:.") end
local function lines() return vim.api.nvim_buf_get_lines(0, 0, -1, false) end

-- The cursor on the first `text`, `offset` bytes further.
local function go(text, offset)
  for number, line in ipairs(lines()) do
    local column = line:find(text, 1, true)
    if column then return vim.api.nvim_win_set_cursor(0, { number, column - 1 + (offset or 0) }) end
  end
  error("there is no " .. text)
end

local function found(code)
  return vim.tbl_filter(function(finding) return finding.code == code end, vim.diagnostic.get(0))
end

local function asked(method, params)
  local answers = vim.lsp.buf_request_sync(0, method, params or vim.lsp.util.make_position_params(0, "utf-16"), 15000) or {}
  for _, answer in pairs(answers) do
    if answer.err then error(method .. ": " .. vim.inspect(answer.err)) end
    return answer.result
  end
  error(method .. " was not answered")
end

local function steps()
  vim.cmd("edit decisions/0001-first.md")
  vim.bo.filetype = "markdown"
  local client = vim.lsp.start_client({ name = "handbook", cmd = { program, "lsp" }, root_dir = vim.fn.getcwd() })
  assert(client and vim.lsp.buf_attach_client(0, client), "the server does not start")
  wait("the server is attached", function() return vim.lsp.buf_get_clients(0)[client] ~= nil end)

  -- As typed, and nothing is saved.
  vim.api.nvim_buf_set_lines(0, -1, -1, false, { "", "See [[secnd]]." })
  wait("a link that leads nowhere is told as it is typed", function() return #found("broken-link") == 1 end)
  assert(found("broken-link")[1].lnum == #lines() - 1, "in its line")
  go("secnd", 0)
  vim.api.nvim_buf_set_text(0, #lines() - 1, 6, #lines() - 1, 13, { "" })
  wait("and is told no more when it is gone", function() return #found("broken-link") == 0 end)

  -- Completion: what is asked for after `[[`, and what Neovim's own omnifunc makes of the answer.
  vim.api.nvim_buf_set_lines(0, -2, -1, false, { "See [[Sec" })
  vim.api.nvim_win_set_cursor(0, { #lines(), 8 })
  local place = vim.lsp.util.make_position_params(0, "utf-16")
  place.position.character = 9
  local answer = asked("textDocument/completion", place)
  local matching = vim.tbl_filter(function(item) return (item.filterText or item.label):lower():find("sec", 1, true) end, answer.items)
  assert(#matching == 1 and matching[1].textEdit.newText:find("2"), "what is offered: " .. vim.inspect(answer.items))
  assert(#vim.lsp.util.text_document_completion_list_to_complete_items(answer, "") == #answer.items, "Neovim takes all of it")
  vim.lsp.util.apply_text_edits({ matching[1].textEdit }, 0, "utf-16")
  assert(lines()[#lines()] == "See [[decision/2", "the edit fits: " .. lines()[#lines()])
  wait("what is offered after [[ leads somewhere", function() return #found("broken-link") == 0 end)
  vim.api.nvim_buf_set_lines(0, -2, -1, false, { "See [[2]] and [the second](0002-second.md#why)." })

  -- Hover, and the way to what is meant.
  go("[[2]]", 2)
  local hover = asked("textDocument/hover")
  local told = type(hover.contents) == "table" and hover.contents.value or hover.contents
  assert(told:find("Second") and told:lower():find("accepted"), "hover: " .. told)
  print("ok: title and status of what is under the cursor")
  vim.cmd("silent write")
  go("#why", 2)
  vim.lsp.buf.definition()
  wait("definition leads to the heading", function() return here() == "decisions/0002-second.md" and vim.fn.getline("."):find("Why") ~= nil end)

  -- Renaming: the file, and all links to it.
  vim.cmd("edit decisions/0001-first.md")
  go("0002-second.md", 3)
  vim.lsp.buf.rename("0002-another")
  wait("rename changes the links", function() return table.concat(lines(), "\n"):find("0002-another.md#why", 1, true) ~= nil end)
  vim.cmd("silent wall")
  wait("and the name of the file", function() return vim.fn.filereadable("decisions/0002-another.md") == 1 and vim.fn.filereadable("decisions/0002-second.md") == 0 end)
  wait("after which nothing is wrong", function() return #vim.diagnostic.get(nil) == 0 end)

  local names = vim.tbl_map(function(symbol) return symbol.name end, asked("textDocument/documentSymbol", { textDocument = vim.lsp.util.make_text_document_params() }))
  assert(vim.tbl_contains(names, "Context"), "headings: " .. vim.inspect(names))
  print("ok: headings of a record")
  local uses = asked("textDocument/references", vim.tbl_extend("force", vim.lsp.util.make_position_params(0, "utf-16"), { context = { includeDeclaration = false } }))
  assert(#uses > 0, "references")
  print("ok: what links here")
end

local is_fine, reason = pcall(steps)
if not is_fine then print("failed: " .. tostring(reason) .. "\n" .. vim.inspect(vim.diagnostic.get(nil))) end
vim.cmd("qall!")
