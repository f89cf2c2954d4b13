// Judges what Redress writes with golang.org/x/mod/sumdb, which Go's checksum database runs on.
//
//	judge check FOLDER      every claim in FOLDER/claims; exit code 1 when one does not hold
//	judge sign NOTE VKEY    a note of its own, for Redress to judge
//	judge receipt FILE VKEY a refund's receipt; exit code 1 when it does not hold
//
// What must hold: roots, proofs and tiles are computed here from the leaves, not read.
package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// hashes is the tree as tlog stores it.
type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, index := range indexes {
		found = append(found, h[index])
	}
	return found, nil
}

func leaf(index int64) []byte { return []byte(fmt.Sprintf("leaf %d", index)) }

func grow(count int64) hashes {
	var tree hashes
	for index := int64(0); index < count; index++ {
		next, err := tlog.StoredHashes(index, leaf(index), tree)
		require(err)
		tree = append(tree, next...)
	}
	return tree
}

func (h hashes) root(size int64) tlog.Hash {
	root, err := tlog.TreeHash(size, h)
	require(err)
	return root
}

func main() {
	switch {
	case len(os.Args) == 3 && os.Args[1] == "check":
		check(os.Args[2])
	case len(os.Args) == 4 && os.Args[1] == "sign":
		sign(os.Args[2], os.Args[3])
	case len(os.Args) == 4 && os.Args[1] == "receipt":
		count, err := refundReceipt(read(os.Args[2]), os.Args[3])
		if err != nil {
			fmt.Println("wrong:", err)
			os.Exit(1)
		}
		fmt.Println("judged", count, "events")
	default:
		fmt.Fprintln(os.Stderr, "usage: judge check FOLDER | sign NOTE VKEY | receipt FILE VKEY")
		os.Exit(2)
	}
}

func check(folder string) {
	file, err := os.Open(filepath.Join(folder, "claims"))
	require(err)
	tree := grow(700)
	counts := map[string]int{}
	failed := false
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		kind, isGood := words[0], words[1] != "bad"
		err := judge(folder, tree, words)
		if (err == nil) != isGood {
			fmt.Printf("wrong: %s: %v\n", lines.Text(), err)
			failed = true
		}
		if !isGood {
			kind += " refused"
		}
		counts[kind]++
	}
	require(lines.Err())
	fmt.Println("judged", counts)
	if failed || len(counts) != 10 {
		os.Exit(1)
	}
}

func judge(folder string, tree hashes, words []string) error {
	switch words[0] {
	case "root":
		size := number(words[1])
		if root := tree.root(size); hex.EncodeToString(root[:]) != words[2] {
			return fmt.Errorf("the root is %x", root[:])
		}
		return nil
	case "inclusion":
		size, index := number(words[2]), number(words[3])
		expected, err := tlog.ProveRecord(size, index, tree)
		require(err)
		proof := parse(words[4])
		if err := tlog.CheckRecord(proof, size, tree.root(size), index, tlog.RecordHash(leaf(index))); err != nil {
			return err
		}
		return same(proof, expected)
	case "consistency":
		old, size := number(words[2]), number(words[3])
		expected, err := tlog.ProveTree(size, old, tree)
		require(err)
		proof := parse(words[4])
		if err := tlog.CheckTree(proof, size, tree.root(size), old, tree.root(old)); err != nil {
			return err
		}
		return same(proof, expected)
	case "note":
		_, err := checkpoint(tree, read(folder, "notes", words[2]), words[3])
		return err
	case "proof":
		return tlogProof(tree, read(folder, "proofs", words[2]), words[3])
	case "tiles":
		return tiles(filepath.Join(folder, "tiles"), tree, number(words[1]))
	}
	return fmt.Errorf("no such claim")
}

func same(found, expected []tlog.Hash) error {
	if fmt.Sprint(found) != fmt.Sprint(expected) {
		return fmt.Errorf("the proof is %v", expected)
	}
	return nil
}

// checkpoint opens a note and compares what it says with the tree; it returns the tree's size.
func checkpoint(tree hashes, text []byte, vkey string) (int64, error) {
	verifier, err := note.NewVerifier(vkey)
	require(err)
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return 0, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != "redress.example/acme" {
		return 0, fmt.Errorf("the note is not a checkpoint of redress.example/acme")
	}
	size := number(lines[1])
	if root := tree.root(size); lines[2] != root.String() {
		return 0, fmt.Errorf("the root is %v", root)
	}
	return size, nil
}

func tlogProof(tree hashes, text []byte, vkey string) error {
	head, signed, found := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" {
		return fmt.Errorf("not a tlog-proof")
	}
	lines = lines[1:]
	if strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	index := number(strings.TrimPrefix(lines[0], "index "))
	size, err := checkpoint(tree, signed, vkey)
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	return tlog.CheckRecord(proof, size, tree.root(size), index, tlog.RecordHash(leaf(index)))
}

// refundReceipt checks each event against the one checkpoint, and the number of events against the
// statement; both must be signed by the key. It returns that number.
func refundReceipt(text []byte, vkey string) (int, error) {
	var file struct {
		Events                []struct{ Line, Proof string }
		Checkpoint, Statement string
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return 0, err
	}
	verifier, err := note.NewVerifier(vkey)
	require(err)
	signed, err := note.Open([]byte(file.Checkpoint), note.VerifierList(verifier))
	if err != nil {
		return 0, err
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return 0, fmt.Errorf("the note is not a checkpoint of %s", verifier.Name())
	}
	size := number(lines[1])
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return 0, err
	}
	statement, err := note.Open([]byte(file.Statement), note.VerifierList(verifier))
	if err != nil {
		return 0, err
	}
	said := fmt.Sprintf("\nevents %d\ntree %d %s\n", len(file.Events), size, root)
	if !strings.Contains(statement.Text, said) {
		return 0, fmt.Errorf("the statement is of another receipt")
	}
	for _, event := range file.Events {
		parts := strings.Split(strings.TrimSuffix(event.Proof, "\n\n"), "\n")
		if len(parts) < 2 {
			return 0, fmt.Errorf("not a tlog-proof: %q", event.Proof)
		}
		var proof tlog.RecordProof
		for _, part := range parts[2:] {
			hash, err := tlog.ParseHash(part)
			if err != nil {
				return 0, err
			}
			proof = append(proof, hash)
		}
		index := number(strings.TrimPrefix(parts[1], "index "))
		leaf := tlog.RecordHash([]byte(event.Line))
		if err := tlog.CheckRecord(proof, size, root, index, leaf); err != nil {
			return 0, err
		}
	}
	return len(file.Events), nil
}

// tiles compares the stored tiles with those of tlog; of level 0 only the right edge may be there.
func tiles(folder string, tree hashes, size int64) error {
	// NewTiles names every width on the way to the last one, which is all that we keep.
	widest := map[[2]int64]tlog.Tile{}
	for _, tile := range tlog.NewTiles(8, 0, size) {
		widest[[2]int64{int64(tile.L), tile.N}] = tile
	}
	expected := map[string][]byte{}
	for _, tile := range widest {
		if tile.L > 0 || tile.W < 256 {
			data, err := tlog.ReadTileData(tile, tree)
			require(err)
			// tlog's paths begin with the height, C2SP's do not.
			expected[strings.Replace(tile.Path(), "tile/8/", "tile/", 1)] = data
		}
	}
	err := filepath.Walk(folder, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		name, _ := filepath.Rel(folder, path)
		data, err := os.ReadFile(path)
		if err == nil && !bytes.Equal(data, expected[name]) {
			err = fmt.Errorf("the tile %s differs", name)
		}
		delete(expected, name)
		return err
	})
	if err == nil && len(expected) > 0 {
		err = fmt.Errorf("%d tiles are missing", len(expected))
	}
	return err
}

func sign(path, vkeyPath string) {
	skey, vkey, err := note.GenerateKey(rand.Reader, "judge.example/key")
	require(err)
	signer, err := note.NewSigner(skey)
	require(err)
	signed, err := note.Sign(&note.Note{Text: "What Go signs,\n\nRedress must verify. ✓\n"}, signer)
	require(err)
	require(os.WriteFile(path, signed, 0o644))
	require(os.WriteFile(vkeyPath, []byte(vkey), 0o644))
}

func parse(text string) []tlog.Hash {
	var proof []tlog.Hash
	if text == "-" {
		return proof
	}
	for _, part := range strings.Split(text, ",") {
		data, err := hex.DecodeString(part)
		require(err)
		hash, err := tlog.ParseHash(base64.StdEncoding.EncodeToString(data))
		require(err)
		proof = append(proof, hash)
	}
	return proof
}

func number(text string) int64 {
	value, err := strconv.ParseInt(text, 10, 64)
	require(err)
	return value
}

func read(parts ...string) []byte {
	data, err := os.ReadFile(filepath.Join(parts...))
	require(err)
	return data
}

func require(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "judge:", err)
		os.Exit(2)
	}
}
